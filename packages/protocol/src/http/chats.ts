import { z } from 'zod';

import { MAX_ADDRESS_LENGTH, MAX_CHATS_BY_ID, MAX_RECENT_CHATS, MAX_UNREAD_COUNT } from '../limits.ts';
import { queryNumber, seq, text } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { messageView } from './messages.ts';
import { epoch, receipts } from './receipts.ts';

/** The endpoints of an operator's list of conversations. */

const time = z.iso.datetime();

/** `lastSeq`: the newest message that the operator saw. */
const markDoneRequest = z.object({ clientId: z.int().positive(), done: z.boolean(), lastSeq: seq.optional() });
const markDoneResponse = z.object({ doneAt: time.nullable(), waitingSince: time.nullable() });

const visitedPage = z.object({ url: z.string(), at: time.describe('When the visitor opened it.') });
/** A page of the host site, and when a visitor opened it (ISO-8601). */
export type VisitedPage = z.output<typeof visitedPage>;

const chatClient = z.object({
  id: z.int(),
  username: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  status: z.enum(['ACTIVE', 'ENDED']),
  address: z.string().nullable().describe('The visitor’s address on the relay, null when they never had one.'),
  pageUrl: z.string().nullable().describe('The page of the host site that the visitor was last on.'),
  createdAt: time,
  endedAt: time.nullable(),
  blockedAt: time.nullable().describe('Set while the visitor is blocked.'),
  waitingSince: time
    .nullish()
    .describe('When the oldest unanswered message was sent, null when none is waiting. Reading, blocking and ending do not change it.'),
  doneAt: time.nullish().describe('Set while the conversation is marked as done.'),
  locale: z.string().nullish().describe('The language of the visitor’s browser.'),
  userAgent: z.string().nullish(),
  lastSeenAt: time.nullish().describe('When the server last heard from the visitor’s browser.'),
  pageAt: time.nullish().describe('When the visitor opened `pageUrl`.'),
  pages: z
    .array(visitedPage)
    .optional()
    .describe('The pages that the visitor was on, newest first. Only in answers to `ids` or `addresses`.'),
});

const named = z.object({ id: z.int(), name: z.string() });

const conversationChat = z
  .object({
    id: z.int(),
    number: z.int().describe('1, 2, 3 … within the conversation.'),
    status: z.enum(['open', 'snoozed', 'closed']),
    snoozedUntil: time.nullable().describe('Null also for a chat that is snoozed until the visitor’s next message.'),
    assignee: named.nullable(),
    team: named.nullable(),
    inbox: named,
    waitingSince: time.nullable().describe('As `client.waitingSince`.'),
    openedAt: time,
    closedAt: time.nullable(),
    tags: z.array(named),
    rating: z.int().nullable().describe('1 (worst) to 5.'),
  })
  .meta({
    id: 'ConversationChat',
    description:
      'The newest chat of a conversation: what was written from its first message until it was closed. The names may be older than the rest: renaming a team, an inbox or an operator does not raise `version`.',
  });
/** The newest chat of a conversation. */
export type ConversationChat = z.output<typeof conversationChat>;

export const recentChat = z
  .object({
    client: chatClient,
    lastMessage: messageView.nullable(),
    unreadCount: z
      .int()
      .describe(
        `The visitor’s messages that the caller has not read, counted up to ${MAX_UNREAD_COUNT}. Each operator has a read mark of their own.`,
      ),
    chat: conversationChat.nullish().describe('The newest chat, null before the first one.'),
    receipts,
    activitySeq: z.int().optional().describe('The number of the newest note or event, 0 when there is none.'),
    lastActivityAt: time.describe('When the newest message reached the server, or the conversation was started.'),
    version: z
      .int()
      .optional()
      .describe('Grows with every change of this row, except of `client.lastSeenAt` and of the signature in the address of a picture.'),
  })
  .meta({ id: 'RecentChat' });
/** A row of the list. */
export type RecentChat = z.output<typeof recentChat>;

export const unchangedChat = z
  .object({
    clientId: z.int(),
    version: z.int(),
    unchanged: z.literal(true),
    lastSeenAt: time.nullable().describe('`client.lastSeenAt`: it has no version.'),
  })
  .meta({ id: 'UnchangedChat', description: 'Replaces a row whose version the caller has (`known`).' });
/** Replaces a row that the caller has. */
export type UnchangedChat = z.output<typeof unchangedChat>;

/** `waiting`: the visitor waits for an answer. `open`: conversations with messages that are not marked as done, waiting ones first. `done`: those marked as done. */
export type ChatView = 'waiting' | 'open' | 'done';

/** A comma-separated list of at most `max` parts in a query string. */
export const queryList = <T>(part: z.ZodType<T, string>, max = MAX_CHATS_BY_ID) =>
  z
    .string()
    .transform((value) => value.split(',', max + 1))
    .pipe(z.array(part).max(max));

/** The client ids and versions of the rows that a caller has. */
export const knownVersions = queryList(
  z.string().regex(/^\d{1,10}:\d{1,10}$/, 'must be a client id and a version: 12:3'),
  MAX_RECENT_CHATS,
);

/** Asks for a page of a view, for the conversations with these ids or addresses, or without any of these for the newest. */
const recentChatsQuery = z
  .object({
    limit: queryNumber.pipe(z.int().min(1).max(MAX_RECENT_CHATS)).optional(),
    view: z.enum(['waiting', 'open', 'done']).optional(),
    cursor: z.string().max(40).optional(),
    ids: queryList(queryNumber.pipe(z.int().positive())).optional(),
    addresses: queryList(text(MAX_ADDRESS_LENGTH).min(1)).optional(),
    known: knownVersions.optional(),
  })
  .refine(({ view, ids, addresses }) => view === undefined || (ids === undefined && addresses === undefined), {
    message: 'view can’t be combined with ids or addresses',
    path: ['view'],
  })
  .refine(({ known, ids, addresses }) => known === undefined || (ids === undefined && addresses === undefined), {
    message: 'known can’t be combined with ids or addresses',
    path: ['known'],
  })
  .refine(({ view, cursor }) => cursor === undefined || view !== undefined, { message: 'cursor needs a view', path: ['cursor'] });

const recentChatsResponse = z.object({
  chats: z.array(z.union([recentChat, unchangedChat])).describe('In the order of the view; without one, newest activity first.'),
  nextCursor: z.string().nullish().describe('Of a view: the cursor of the next page, null on the last page.'),
  counts: z.object({ waiting: z.int() }).optional().describe('Of a view: how many visitors wait for an answer, over all pages.'),
  epoch,
});
export type RecentChatsResponse = z.output<typeof recentChatsResponse>;

export const chatEndpoints = {
  'GET /api/chat/recent': {
    access: 'operator',
    summary: 'Conversations, for the console’s list. See [Lists of conversations](#lists-of-conversations).',
    query: recentChatsQuery,
    response: answer(recentChatsResponse),
  },
  'POST /api/chat/done': {
    access: 'operator',
    summary:
      'Marks a conversation as done, or reopens it. 409 `conflict` when it has messages after `lastSeq`. The visitor’s next message reopens it.',
    body: json(markDoneRequest),
    response: answer(markDoneResponse),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
