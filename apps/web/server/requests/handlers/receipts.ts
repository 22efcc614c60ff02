import { recordReceipts } from '@switchboard/chat';

import { actorOf } from '../authenticate.ts';
import { route } from '../route.ts';

/** Records how far the caller's side has received and read the other's messages. */
export const saveReceipts = route('POST /api/chat/receipts', {
  async handle({ services: { chat, afterCommit }, caller, body }) {
    return afterCommit(await recordReceipts(chat, actorOf(caller), body)).receipts;
  },
});
