import { recordReceipts } from '@switchboard/chat';
import { receiptsRequest, type ReceiptsResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Records how far the caller's side has received and seen the other's messages. */
export const POST = route({
  route: '/api/chat/receipts',
  access: 'visitor-or-operator',
  body: json(receiptsRequest),
  async handle({ services: { chat, afterCommit }, caller, body }) {
    const { receipts } = afterCommit(await recordReceipts(chat, actorOf(caller), body));
    const answer: ReceiptsResponse = receipts;
    return Response.json(answer);
  },
});
