import { visitPage } from '@switchboard/chat';
import { visitPageRequest } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Records the page that a visitor is on, and that they are there. */
export const POST = route({
  route: '/api/chat/page',
  access: 'visitor-or-operator',
  limit: 'pages',
  body: json(visitPageRequest),
  async handle({ services: { chat, afterCommit }, caller, body }) {
    afterCommit(await visitPage(chat, actorOf(caller), body));
    return Response.json({});
  },
});
