import { recordReceipts } from '@switchboard/chat';
import { receiptsRequest, type ReceiptsResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { seenHint } from '../../../../server/parts/relay/relay-hints.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Notes how far the caller's side has received and seen the other's messages. */
export const POST = route({
  route: '/api/chat/receipts',
  access: 'visitor-or-operator',
  body: json(receiptsRequest),
  async handle({ services: { chat, hints }, caller, body }) {
    const actor = actorOf(caller);
    const { receipts, address, changed } = await recordReceipts(chat, actor, body);
    if (changed && address !== null) hints.send(seenHint(address, actor.kind, receipts));
    const answer: ReceiptsResponse = receipts;
    return Response.json(answer);
  },
});
