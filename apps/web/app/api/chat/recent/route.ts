import { listRecentChats } from '@switchboard/chat';
import { recentChatsQuery, type RecentChatsResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/authenticate.ts';
import { OPTIONS, route } from '../../../../server/route.ts';

export { OPTIONS };

/** The recent conversations, for operators: what the console's list is made of. */
export const GET = route({
  route: '/api/chat/recent',
  access: 'visitor-or-operator',
  query: recentChatsQuery,
  async handle({ services: { chat }, caller, query }) {
    const answer: RecentChatsResponse = { chats: await listRecentChats(chat, actorOf(caller), query) };
    return Response.json(answer);
  },
});
