import { z } from 'zod';

import { MAX_CHATS_BY_ID, MAX_EARLIER_CHATS, MAX_READERS, MAX_RECENT_CHATS, MAX_VIEW_COUNT } from '../limits.ts';
import { queryNumber } from '../shapes.ts';
import { knownVersions, queryList, recentChat, unchangedChat } from './chats.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { MAX_MESSAGE_BYTES, messagesPage, newReply, pageQuery, savedMessage } from './messages.ts';
import { epoch } from './receipts.ts';

/** The endpoints of conversations, in lists and singly. */

const time = z.iso.datetime();
const named = z.object({ id: z.int(), name: z.string() });
const id = queryNumber.pipe(z.int().positive());

/** The views of the list of conversations. `team` is `open` for one team. */
export const CONVERSATION_VIEWS = ['waiting', 'mine', 'unassigned', 'open', 'snoozed', 'done', 'mentions', 'all', 'team'] as const;
export type ConversationView = (typeof CONVERSATION_VIEWS)[number];

/** The view `team` needs the filter of that name. */
export const needsTeam = [
  ({ view, team }: { readonly view?: ConversationView | undefined; readonly team?: number | undefined }) =>
    view !== 'team' || team !== undefined,
  { message: 'the view “team” needs one', path: ['team'] as string[] },
] as const;

const filters = {
  inbox: id.optional(),
  team: id.optional(),
  assignee: id.optional(),
  tag: id.optional(),
  unread: z
    .literal('true')
    .transform(() => true as const)
    .optional(),
};
/** Conditions on the conversations of a view. */
export type ConversationFilters = z.output<z.ZodObject<typeof filters>>;

const viewFields = ['view', 'cursor', 'known', 'inbox', 'team', 'assignee', 'tag', 'unread'] as const;
const conversationsQuery = z
  .object({
    view: z.enum(CONVERSATION_VIEWS).optional(),
    ...filters,
    ids: queryList(id, MAX_CHATS_BY_ID).optional(),
    cursor: z.string().max(40).optional(),
    limit: queryNumber.pipe(z.int().min(1).max(MAX_RECENT_CHATS)).optional(),
    known: knownVersions.optional(),
  })
  .refine((query) => query.ids === undefined || viewFields.every((field) => query[field] === undefined), {
    message: `ids can’t be combined with ${viewFields.join(', ')}`,
    path: ['ids'],
  })
  .refine(...needsTeam);

const conversationsResponse = z.object({
  items: z.array(z.union([recentChat, unchangedChat])),
  nextCursor: z.string().nullable().describe('The cursor of the next page, null on the last one.'),
  epoch,
});

const reader = named.extend({ readSeq: z.int().describe('The message up to which they have read.'), readAt: time });
/** An operator who has read a conversation, and up to where. */
export type ConversationReader = z.output<typeof reader>;

const earlierChat = z.object({
  id: z.int(),
  number: z.int(),
  openedAt: time,
  closedAt: time.nullable(),
  closedBy: named.nullable().describe('Null where nobody closed it, or where that operator has been removed.'),
  assignee: named.nullable(),
  rating: z.int().nullable(),
});
/** A chat of a conversation before its newest one. */
export type EarlierChat = z.output<typeof earlierChat>;

const conversation = recentChat
  .extend({
    readers: z.array(reader).describe(`The operators who have read it, the last reader first; at most ${MAX_READERS}.`),
    chats: z.array(earlierChat).describe(`The chats before the newest one, newest first; at most ${MAX_EARLIER_CHATS}.`),
    epoch,
  })
  .meta({ id: 'Conversation' });
/** One conversation. */
export type Conversation = z.output<typeof conversation>;

const viewCount = z.object({
  view: z.enum(CONVERSATION_VIEWS),
  team: z.int().optional(),
  savedView: z.int().optional().describe('The id of a view that the caller has saved; `view` is its view.'),
  count: z.int().describe(`At most ${MAX_VIEW_COUNT}.`),
});
/** How many conversations a view has. */
export type ViewCount = z.output<typeof viewCount>;

export const conversationEndpoints = {
  'GET /api/v1/conversations': {
    access: 'operator',
    summary: 'Conversations of a view, all of them by default. See [Lists of conversations](#lists-of-conversations).',
    query: conversationsQuery,
    response: answer(conversationsResponse),
  },
  'GET /api/v1/views': {
    access: 'operator',
    summary: `The number of conversations of each view, of the views of the caller’s teams (for those who see every conversation: of all teams), and of those that the caller has saved. Counting stops at ${MAX_VIEW_COUNT.toLocaleString('en')}. \`done\` and \`all\` are not counted.`,
    response: answer(z.object({ items: z.array(viewCount), nextCursor: z.null() })),
  },
  'GET /api/v1/conversations/{id}': {
    access: 'operator',
    summary: 'One conversation, with the pages that its visitor was on, who has read it up to where, and its earlier chats.',
    response: answer(conversation),
  },
  'GET /api/v1/conversations/{id}/messages': {
    access: 'operator',
    summary: 'A page of its messages by `seq`, oldest first: the newest ones, or those after or before a number.',
    query: pageQuery,
    response: answer(messagesPage),
  },
  'POST /api/v1/conversations/{id}/messages': {
    access: 'operator',
    summary:
      'Saves a message of the caller. Idempotent by `messageKey`: a repeat answers the first row. The key of another operator’s message is 409 `conflict`. 200 means committed.',
    body: json(newReply, MAX_MESSAGE_BYTES),
    response: answer(savedMessage),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
