import { visitPage } from '@switchboard/chat';
import { visitPageRequest } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Notes where a visitor is, and that they are there. Operators are told when they have moved. */
export const POST = route({
  route: '/api/chat/page',
  access: 'visitor-or-operator',
  limit: 'pages',
  body: json(visitPageRequest),
  async handle({ services: { chat, hints }, caller, body }) {
    const { moved, address, lastSeq } = await visitPage(chat, actorOf(caller), body);
    // Of somebody who has written nothing yet nobody looks where they are.
    if (moved && address !== null && lastSeq > 0)
      hints.send({ event: 'conversationChanged', clientId: address, lastSeq, visitorChanged: true });
    return Response.json({});
  },
});
