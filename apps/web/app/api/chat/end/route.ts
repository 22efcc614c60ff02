import { endChat } from '@switchboard/chat';
import { endChatRequest } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Ends the conversation. A visitor who does so is out: their tokens open nothing but the last page. After an operator it goes on with the next message. */
export const POST = route({
  route: '/api/chat/end',
  access: 'visitor-or-operator',
  body: json(endChatRequest),
  async handle({ services: { chat, afterCommit }, caller, body }) {
    return Response.json(afterCommit(await endChat(chat, actorOf(caller), body)));
  },
});
