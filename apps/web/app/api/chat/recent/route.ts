import { findChats, listRecentChats, listView, readEpoch } from '@switchboard/chat';
import { recentChatsQuery, type RecentChatsResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { OPTIONS, route } from '../../../../server/requests/route.ts';

export { OPTIONS };

/** Conversations, for operators: what the console's list is made of. */
export const GET = route({
  route: '/api/chat/recent',
  access: 'visitor-or-operator',
  query: recentChatsQuery,
  async handle({ services: { chat }, caller, query: { view, ids, addresses, ...query } }) {
    const actor = actorOf(caller);
    // The epoch first: a list from before a restore must not carry the epoch from after it.
    const epoch = await readEpoch(chat);
    if (view !== undefined) {
      const { chats, nextCursor, waiting } = await listView(chat, actor, { view, ...query });
      return Response.json({ chats, epoch, nextCursor, counts: { waiting } } satisfies RecentChatsResponse);
    }
    const isMeant = ids !== undefined || addresses !== undefined;
    const chats = isMeant ? await findChats(chat, actor, { ids, addresses }) : await listRecentChats(chat, actor, query);
    return Response.json({ chats, epoch } satisfies RecentChatsResponse);
  },
});
