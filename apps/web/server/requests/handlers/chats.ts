import { findChats, listRecentChats, listView, markDone, readEpoch } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { route } from '../route.ts';

/** Conversations for the console's list. */
export const listChats = route('GET /api/chat/recent', {
  async handle({ services: { chat }, caller, query: { view, ids, addresses, known, ...query } }) {
    const actor = operatorActor(caller.operator);
    // The epoch is read first: a list from before a restore must not have the epoch from after it.
    const epoch = await readEpoch(chat, actor);
    if (view !== undefined) {
      const {
        chats,
        nextCursor,
        waiting = 0,
      } = await listView(chat, actor, { view, known: versionsOf(known), countsWaiting: true, ...query });
      return { chats, epoch, nextCursor, counts: { waiting } };
    }
    const isMeant = ids !== undefined || addresses !== undefined;
    const chats = isMeant ? await findChats(chat, actor, { ids, addresses }) : await listRecentChats(chat, actor, query, versionsOf(known));
    return { chats, epoch };
  },
});

/** By client id. @param known `12:3`, a client id and a version */
export function versionsOf(known: readonly string[] = []): ReadonlyMap<number, number> {
  return new Map(known.map((one) => [Number(one.slice(0, one.indexOf(':'))), Number(one.slice(one.indexOf(':') + 1))]));
}

/** Marks a conversation as done, or undoes that. The visitor's next message undoes it, too. */
export const setDone = route('POST /api/chat/done', {
  async handle({ services: { chat, afterCommit }, caller, body }) {
    return afterCommit(await markDone(chat, operatorActor(caller.operator), body));
  },
});
