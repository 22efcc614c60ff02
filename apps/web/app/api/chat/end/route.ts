import { endChat } from '@switchboard/chat';
import { endChatRequest } from '@switchboard/protocol';

import { actorOf } from '../../../../server/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/route.ts';

export { OPTIONS };

/** Ends the conversation; a later message takes it up again. */
export const POST = route({
  route: '/api/chat/end',
  access: 'visitor-or-operator',
  body: json(endChatRequest),
  async handle({ services: { chat }, caller, body }) {
    const { endedAt } = await endChat(chat, actorOf(caller), body);
    return Response.json({ endedAt });
  },
});
