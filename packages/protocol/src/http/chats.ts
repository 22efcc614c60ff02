import { z } from 'zod';

import { MAX_ADDRESS_LENGTH, MAX_CHATS_BY_ID, MAX_RECENT_CHATS } from '../limits.ts';
import { queryNumber, seq, text } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { messageView } from './messages.ts';
import { epoch, receipts } from './receipts.ts';

/** What an operator's list of conversations is made of. */

const time = z.iso.datetime();

/** `lastSeq`: the newest message that the operator has seen. */
const markDoneRequest = z.object({ clientId: z.int().positive(), done: z.boolean(), lastSeq: seq.optional() });
const markDoneResponse = z.object({ doneAt: time.nullable(), waitingSince: time.nullable() });

const visitedPage = z.object({ url: z.string(), at: time.describe('Since when the visitor was on it.') });
/** A page of the host site, and since when a visitor was on it (ISO-8601). */
export type VisitedPage = z.output<typeof visitedPage>;

const chatClient = z.object({
  id: z.int(),
  username: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  status: z.enum(['ACTIVE', 'ENDED']),
  address: z.string().nullable().describe('The visitor’s address on the relay: null when they never had one.'),
  pageUrl: z.string().nullable().describe('The page of the host site that the visitor was on last.'),
  createdAt: time,
  endedAt: time.nullable(),
  blockedAt: time.nullable().describe('Set while the visitor is blocked.'),
  waitingSince: time
    .nullish()
    .describe(
      'When the oldest message was sent that has no answer; null when none is waiting. Reading, blocking and ending do not change it.',
    ),
  doneAt: time.nullish().describe('Set while an operator has it marked as done.'),
  locale: z.string().nullish().describe('The language of the visitor’s browser.'),
  userAgent: z.string().nullish(),
  lastSeenAt: time.nullish().describe('When the visitor’s browser was last heard of.'),
  pageAt: time.nullish().describe('Since when the visitor has been on `pageUrl`.'),
  pages: z
    .array(visitedPage)
    .optional()
    .describe('The pages that the visitor was on, newest first. Only where conversations were asked for by `ids` or `addresses`.'),
});

const recentChat = z
  .object({
    client: chatClient,
    lastMessage: messageView.nullable(),
    unreadCount: z.int(),
    receipts,
    lastActivityAt: time.describe('When the newest message reached the server, or the conversation was started.'),
    version: z
      .int()
      .optional()
      .describe('Grows with every change of this row, except of `client.lastSeenAt` and of the signature in the address of a picture.'),
  })
  .meta({ id: 'RecentChat' });
/** One row of the list. */
export type RecentChat = z.output<typeof recentChat>;

const unchangedChat = z
  .object({
    clientId: z.int(),
    version: z.int(),
    unchanged: z.literal(true),
    lastSeenAt: time.nullable().describe('`client.lastSeenAt`: it has no version.'),
  })
  .meta({ id: 'UnchangedChat', description: 'Takes the place of a row whose version the caller has (`known`).' });
/** Takes the place of a row that the caller has. */
export type UnchangedChat = z.output<typeof unchangedChat>;

/** `waiting`: somebody waits for an answer. `open`: all with a message that nobody has marked as done, those that wait first. `done`: those that somebody has. */
export type ChatView = 'waiting' | 'open' | 'done';

/** A query string's list of at most `max` parts, separated by commas. */
const queryList = <T>(part: z.ZodType<T, string>, max = MAX_CHATS_BY_ID) =>
  z
    .string()
    .transform((value) => value.split(',', max + 1))
    .pipe(z.array(part).max(max));

/** A page of a view; just the conversations that are named; or, without any of these, the newest. */
const recentChatsQuery = z
  .object({
    limit: queryNumber.pipe(z.int().min(1).max(MAX_RECENT_CHATS)).optional(),
    view: z.enum(['waiting', 'open', 'done']).optional(),
    cursor: z.string().max(40).optional(),
    ids: queryList(queryNumber.pipe(z.int().positive())).optional(),
    addresses: queryList(text(MAX_ADDRESS_LENGTH).min(1)).optional(),
    known: queryList(z.string().regex(/^\d{1,10}:\d{1,10}$/, 'must be a client id and a version: 12:3'), MAX_RECENT_CHATS).optional(),
  })
  .refine(({ view, ids, addresses }) => view === undefined || (ids === undefined && addresses === undefined), {
    message: 'view goes with neither ids nor addresses',
    path: ['view'],
  })
  .refine(({ known, ids, addresses }) => known === undefined || (ids === undefined && addresses === undefined), {
    message: 'known goes with neither ids nor addresses',
    path: ['known'],
  })
  .refine(({ view, cursor }) => cursor === undefined || view !== undefined, { message: 'cursor needs a view', path: ['cursor'] });

const recentChatsResponse = z.object({
  chats: z.array(z.union([recentChat, unchangedChat])).describe('In the order of the view; without one, newest activity first.'),
  nextCursor: z.string().nullish().describe('Of a view: asks for the next page; null on the last.'),
  counts: z.object({ waiting: z.int() }).optional().describe('Of a view, over all pages: visitors who wait for an answer.'),
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
      'Marks a conversation as done, or reopens it. 409 `conflict` when `lastSeq` is not its newest message any more. The visitor’s next message reopens it.',
    body: json(markDoneRequest),
    response: answer(markDoneResponse),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
