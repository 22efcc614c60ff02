import { findChats, listRecentChats, listView, markDone, readEpoch } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { route } from '../route.ts';

/** Conversations for the console's list. */
export const listChats = route('GET /api/chat/recent', {
  async handle({ services: { chat }, caller, query: { view, ids, addresses, ...query } }) {
    const actor = operatorActor(caller.operator);
    // The epoch first: a list from before a restore must not carry the epoch from after it.
    const epoch = await readEpoch(chat, actor);
    if (view !== undefined) {
      const { chats, nextCursor, waiting } = await listView(chat, actor, { view, ...query });
      return { chats, epoch, nextCursor, counts: { waiting } };
    }
    const isMeant = ids !== undefined || addresses !== undefined;
    const chats = isMeant ? await findChats(chat, actor, { ids, addresses }) : await listRecentChats(chat, actor, query);
    return { chats, epoch };
  },
});

/** Marks a conversation as done, or takes that back. The visitor's next message takes it back, too. */
export const setDone = route('POST /api/chat/done', {
  async handle({ services: { chat, afterCommit }, caller, body }) {
    return afterCommit(await markDone(chat, operatorActor(caller.operator), body));
  },
});
