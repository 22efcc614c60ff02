import { listRecentChats, readEpoch } from '@switchboard/chat';
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
    // The epoch first: a list from before a restore must not carry the epoch from after it.
    const epoch = await readEpoch(chat);
    const answer: RecentChatsResponse = { chats: await listRecentChats(chat, actorOf(caller), query), epoch };
    return Response.json(answer);
  },
});
