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
  async handle({ services: { chat, hints, revocations }, caller, body }) {
    const { endedAt, address, clientId, lastSeq, changed } = await endChat(chat, actorOf(caller), body);
    if (caller.kind === 'visitor') {
      // The relay says so itself: it is about to end the visitor's connections, which could not say it any more.
      if (address !== null && changed) hints.send({ event: 'chatEnded', clientId: address });
      revocations.tell({ role: 'client', id: clientId, address });
    }
    // Asked again, too: the answer to the first time may have been lost, and the hint with it.
    if (address !== null) hints.send({ event: 'conversationChanged', clientId: address, lastSeq, visitorChanged: true });
    return Response.json({ endedAt });
  },
});
