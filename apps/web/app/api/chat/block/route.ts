import { blockVisitor } from '@switchboard/chat';
import { blockVisitorRequest, type BlockVisitorResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Shuts a visitor out, and ends its connections to the relay; or lets it in again. */
export const POST = route({
  route: '/api/chat/block',
  access: 'visitor-or-operator',
  body: json(blockVisitorRequest),
  async handle({ services: { chat, hints, revocations, log }, caller, body, requestId }) {
    const { clientId, blocked } = body;
    const { blockedAt, address, lastSeq, changed } = await blockVisitor(chat, actorOf(caller), body);
    if (changed) {
      const operatorId = caller.kind === 'operator' ? caller.operator.id : undefined;
      log.info({ requestId, clientId, operatorId }, blocked ? 'visitor blocked' : 'visitor unblocked');
    }
    // Asked again, too: the relay may not have heard of it the first time.
    if (blocked) revocations.tell({ role: 'client', id: clientId, address });
    if (address !== null) hints.send({ event: 'conversationChanged', clientId: address, lastSeq, visitorChanged: true });
    const answer: BlockVisitorResponse = { blockedAt };
    return Response.json(answer);
  },
});
