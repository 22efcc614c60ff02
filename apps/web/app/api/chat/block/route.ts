import { blockVisitor } from '@switchboard/chat';
import { blockVisitorRequest, type BlockVisitorResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Blocks a visitor and ends their connections to the relay, or unblocks them. */
export const POST = route({
  route: '/api/chat/block',
  access: 'visitor-or-operator',
  body: json(blockVisitorRequest),
  async handle({ services: { chat, afterCommit, log }, caller, body, requestId }) {
    const { clientId, blocked } = body;
    const { blockedAt, changed } = afterCommit(await blockVisitor(chat, actorOf(caller), body));
    if (changed) {
      const operatorId = caller.kind === 'operator' ? caller.operator.id : undefined;
      log.info({ requestId, clientId, operatorId }, blocked ? 'visitor blocked' : 'visitor unblocked');
    }
    const answer: BlockVisitorResponse = { blockedAt };
    return Response.json(answer);
  },
});
