import { markDone } from '@switchboard/chat';
import { markDoneRequest, type MarkDoneResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Marks a conversation as done, or takes that back. The visitor's next message takes it back, too. */
export const POST = route({
  route: '/api/chat/done',
  access: 'visitor-or-operator',
  body: json(markDoneRequest),
  async handle({ services: { chat, afterCommit }, caller, body }) {
    return Response.json(afterCommit(await markDone(chat, actorOf(caller), body)) satisfies MarkDoneResponse);
  },
});
