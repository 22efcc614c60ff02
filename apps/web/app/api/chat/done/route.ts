import { markDone } from '@switchboard/chat';
import { markDoneRequest, type MarkDoneResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Marks a conversation as done, or reopens it. The visitor's next message reopens it, too. */
export const POST = route({
  route: '/api/chat/done',
  access: 'visitor-or-operator',
  body: json(markDoneRequest),
  async handle({ services: { chat, hints }, caller, body }) {
    const { address, lastSeq, ...answer } = await markDone(chat, actorOf(caller), body);
    if (address !== null) hints.send({ event: 'conversationChanged', clientId: address, lastSeq, visitorChanged: true });
    return Response.json(answer satisfies MarkDoneResponse);
  },
});
