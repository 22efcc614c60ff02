import { z } from 'zod';

import type { MessageView, Receipts } from './http.ts';
import { MAX_ADDRESS_LENGTH, MAX_CHATS_BY_ID, MAX_RECENT_CHATS } from './limits.ts';
import { queryNumber, seq, text } from './shapes.ts';

/** The shapes of the HTTP API that the console's list of conversations is made of. */

/** `POST /api/chat/done`, for operators: marks a conversation as done, or reopens it. `lastSeq`: the newest message that the operator has seen. */
export const markDoneRequest = z.object({ clientId: z.int().positive(), done: z.boolean(), lastSeq: seq.optional() });
/** ISO-8601. */
export interface MarkDoneResponse {
  doneAt: string | null;
  waitingSince: string | null;
}

/** One row of the recent chats. */
export interface RecentChat {
  client: {
    id: number;
    username: string;
    phone: string | null;
    email: string | null;
    status: 'ACTIVE' | 'ENDED';
    /** The visitor's address on the relay: null when it never had one. */
    address: string | null;
    /** The page of the host site that the visitor was on last. */
    pageUrl: string | null;
    createdAt: string;
    endedAt: string | null;
    /** Set while the visitor is blocked, ISO-8601. */
    blockedAt: string | null;
    /** When the oldest message was sent that nobody has answered; null when nothing waits. Reading, blocking and ending do not change it. ISO-8601. */
    waitingSince?: string | null;
    /** Set while an operator has it marked as done, ISO-8601. */
    doneAt?: string | null;
    /** Of the visitor's browser: its language and what it calls itself. */
    locale?: string | null;
    userAgent?: string | null;
    /** When the visitor's browser was last heard of, ISO-8601. */
    lastSeenAt?: string | null;
    /** Since when the visitor has been on `pageUrl`, ISO-8601. */
    pageAt?: string | null;
    /** The pages that the visitor was on, newest first. Only where conversations were asked for by `ids` or `addresses`. */
    pages?: VisitedPage[];
  };
  lastMessage: MessageView | null;
  unreadCount: number;
  receipts: Receipts;
  /** When the newest message reached the server, or the conversation was started, ISO-8601. */
  lastActivityAt: string;
}

/** A page of the host site, and since when a visitor was on it (ISO-8601). */
export interface VisitedPage {
  url: string;
  at: string;
}

/** `waiting`: somebody waits for an answer. `open`: all with a message that nobody has marked as done, those that wait first. `done`: those that somebody has. */
export type ChatView = 'waiting' | 'open' | 'done';

/** A query string's list, its parts between commas. */
const queryList = <T>(part: z.ZodType<T, string>) =>
  z
    .string()
    .transform((value) => value.split(',', MAX_CHATS_BY_ID + 1))
    .pipe(z.array(part).max(MAX_CHATS_BY_ID));

/** `GET /api/chat/recent`, for operators: a page of a view; just the conversations that are named; or, without any of these, the newest. */
export const recentChatsQuery = z
  .object({
    limit: queryNumber.pipe(z.int().min(1).max(MAX_RECENT_CHATS)).optional(),
    view: z.enum(['waiting', 'open', 'done']).optional(),
    cursor: z.string().max(40).optional(),
    ids: queryList(queryNumber.pipe(z.int().positive())).optional(),
    addresses: queryList(text(MAX_ADDRESS_LENGTH).min(1)).optional(),
  })
  .refine(({ view, ids, addresses }) => view === undefined || (ids === undefined && addresses === undefined), {
    message: 'view goes with neither ids nor addresses',
    path: ['view'],
  })
  .refine(({ view, cursor }) => cursor === undefined || view !== undefined, { message: 'cursor needs a view', path: ['cursor'] });
export interface RecentChatsResponse {
  /** In the order of the view; without one, newest activity first. */
  chats: RecentChat[];
  /** Of a view: what the next page is asked for with, null when this was the last. */
  nextCursor?: string | null;
  /** Of a view, over all pages of it: visitors who wait for an answer. */
  counts?: { waiting: number };
  /** As in `MessagesPage`. */
  epoch?: string;
}
