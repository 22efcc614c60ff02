import { countViews, findChats, listView, readConversation, readEpoch } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';
import { versionsOf } from './chats.ts';

/** A page of a view, or the conversations with these ids. */
export const listConversations = route('GET /api/v1/conversations', {
  async handle({ services: { chat }, caller, query: { ids, view = 'all', known, ...query } }) {
    const actor = operatorActor(caller.operator);
    // The epoch is read first: a list from before a restore must not have the epoch from after it.
    const epoch = await readEpoch(chat, actor);
    if (ids !== undefined) return { items: await findChats(chat, actor, { ids }), nextCursor: null, epoch };
    const { chats, nextCursor } = await listView(chat, actor, { view, known: versionsOf(known), ...query });
    return { items: chats, nextCursor, epoch };
  },
});

/** How many conversations each view has. */
export const listViews = route('GET /api/v1/views', {
  async handle({ services: { chat }, caller }) {
    return { items: await countViews(chat, operatorActor(caller.operator)), nextCursor: null };
  },
});

/** One conversation, with who has read it and its earlier chats. */
export const showConversation = route('GET /api/v1/conversations/{id}', {
  async handle({ services: { chat }, caller, params }) {
    const actor = operatorActor(caller.operator);
    const epoch = await readEpoch(chat, actor);
    return { ...(await readConversation(chat, actor, idOf(params))), epoch };
  },
});
