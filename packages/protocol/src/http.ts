import { z } from 'zod';

import {
  DEFAULT_PAGE_SIZE,
  MAX_ADDRESS_LENGTH,
  MAX_EMAIL_LENGTH,
  MAX_FILE_NAME_LENGTH,
  MAX_MESSAGE_AGE_MS,
  MAX_NAME_LENGTH,
  MAX_PAGE_SIZE,
  MAX_PHONE_LENGTH,
  MAX_SAVE_BATCH,
  MAX_TEXT_LENGTH,
  MAX_TIMINGS,
  MAX_URL_LENGTH,
} from './limits.ts';
import { extra, line, personName, queryNumber, seq, text } from './shapes.ts';
import { isVisible } from './visible.ts';

/** The shapes of the HTTP API. Requests are schemas, answers are types: we parse what comes in and type what goes out. */

/** `POST /api/chat/sessions` by a visitor. */
export const startSessionRequest = z.object({
  username: personName,
  phone: extra(MAX_PHONE_LENGTH),
  // Whoever has one knows best what it looks like.
  email: extra(MAX_EMAIL_LENGTH, (value) => /^[^\s@]+@\S+$/.test(value)),
  pageUrl: extra(MAX_URL_LENGTH),
  locale: extra(35),
  /** Lets a visitor whose token has run out back into the same conversation, or is refused: nothing is begun with it. */
  resumeToken: z.string().max(2_048).optional(),
});
/** `POST /api/chat/sessions` by an operator, for the address of an old front-end. */
export const adoptSessionRequest = z.object({
  clientSocketId: z.string().min(1).max(MAX_ADDRESS_LENGTH),
  /** Of an old front-end, which may call a visitor anything: nothing that can't be shown keeps their messages from being saved. */
  username: line(MAX_NAME_LENGTH).transform((value) => (isVisible(value) ? value : 'Visitor')),
});

export interface StartSessionResponse {
  /** Relay token and Bearer token of this conversation; absent when an operator adopted an address. */
  token?: string;
  clientId: number;
  sessionId: string;
  username: string;
  /** When `token` runs out, ISO-8601. */
  expiresAt?: string;
  /** For `startSessionRequest.resumeToken`, months from now. Opens nothing else. */
  resumeToken?: string;
}

/** One message to save. Who sent it follows from who asks; `senderType: 'CLIENT'` from an operator saves on the visitor's behalf. */
export const newMessage = z
  .object({
    messageKey: z.uuid().transform((value) => value.toLowerCase()),
    messageType: z.enum(['TEXT', 'IMAGE']),
    text: text(MAX_TEXT_LENGTH).nullish(),
    imageUrl: z.string().max(MAX_URL_LENGTH).nullish(),
    imageName: text(MAX_FILE_NAME_LENGTH).nullish(),
    mimeType: z.string().max(100).nullish(),
    sentAt: z.iso.datetime({ offset: true }).nullish(),
    sessionId: z.string().max(MAX_ADDRESS_LENGTH).nullish(),
    clientId: z.int().positive().nullish(),
    clientSocketId: z.string().max(MAX_ADDRESS_LENGTH).nullish(),
    senderType: z.enum(['CLIENT', 'OPERATOR']).nullish(),
  })
  .refine((value) => value.messageType !== 'TEXT' || isVisible(value.text ?? ''), {
    message: 'a TEXT message needs a text that can be seen',
    path: ['text'],
  })
  .refine((value) => value.messageType !== 'IMAGE' || (value.imageUrl ?? '') !== '', {
    message: 'an IMAGE message needs an imageUrl',
    path: ['imageUrl'],
  });
export type NewMessage = z.infer<typeof newMessage>;

export const saveMessagesRequest = z.object({ messages: z.array(newMessage).min(1).max(MAX_SAVE_BATCH) });

export interface SavedMessage {
  messageKey: string;
  id: number;
  seq: number;
  /** ISO-8601. */
  createdAt: string;
  /** True when the row was there before this request. */
  duplicate: boolean;
}
export interface SaveMessagesResponse {
  messages: SavedMessage[];
}

export const readMessagesQuery = z
  .object({
    afterSeq: queryNumber.optional(),
    beforeSeq: queryNumber.optional(),
    limit: queryNumber.pipe(z.int().min(1).max(MAX_PAGE_SIZE)).default(DEFAULT_PAGE_SIZE),
    clientId: queryNumber.pipe(z.int().positive()).optional(),
  })
  .refine((query) => query.afterSeq === undefined || query.beforeSeq === undefined, {
    message: 'afterSeq and beforeSeq exclude each other',
    path: ['beforeSeq'],
  });

/** A saved message as everybody sees it. */
export interface MessageView {
  id: number;
  messageKey: string;
  seq: number;
  clientId: number;
  senderType: 'CLIENT' | 'OPERATOR';
  messageType: 'TEXT' | 'IMAGE';
  text: string | null;
  /** For an upload of ours a signed path that expires; fetch the page again for a fresh one. */
  imageUrl: string | null;
  imageName: string | null;
  mimeType: string | null;
  /** Pixels, for uploads of ours: reserve the space. */
  imageWidth: number | null;
  imageHeight: number | null;
  operatorId: number | null;
  operatorName: string | null;
  isRead: boolean;
  readAt: string | null;
  createdAt: string;
}

/** How far each side has received and seen the other's messages: numbers of `seq` that only grow. */
export interface Receipts {
  clientDeliveredSeq: number;
  clientReadSeq: number;
  operatorDeliveredSeq: number;
  operatorReadSeq: number;
}

/** One page, ordered by `seq` from old to new whatever was asked for. */
export interface MessagesPage {
  messages: MessageView[];
  /** Of the newest message in the database, 0 when there is none. */
  lastSeq: number;
  /** More in the direction asked for (older ones when neither `afterSeq` nor `beforeSeq` was given). */
  hasMore: boolean;
  receipts: Receipts;
  /** Set while the conversation stands ended, ISO-8601. */
  endedAt: string | null;
  /** A UUID that changes when the database is restored from a backup: what a browser holds of the time before may be gone. */
  epoch?: string;
}

export interface UploadResponse {
  imageUrl: string;
  imageName: string;
  mimeType: string;
  width: number;
  height: number;
  size: number;
}

/**
 * `clientId` says which conversation when an operator asks; a visitor's own is in the token. `epoch`, as a page carried it, says which history the numbers
 * are of: those from before a restore count for nothing after it.
 */
export const receiptsRequest = z
  .object({ deliveredSeq: seq.optional(), readSeq: seq.optional(), clientId: z.int().positive().optional(), epoch: z.uuid().optional() })
  .refine((value) => value.deliveredSeq !== undefined || value.readSeq !== undefined, 'deliveredSeq or readSeq is needed');
export type ReceiptsResponse = Receipts;

export interface TokenResponse {
  token: string;
  expiresAt: string;
  /** Of an operator's token: whom it speaks for. */
  operatorId?: number;
}

/** Milliseconds that something took: less than nothing (a clock was set) and more than a week count as those. */
const duration = z.number().transform((value) => Math.min(Math.max(value, 0), MAX_MESSAGE_AGE_MS));

/** `POST /api/chat/timings`: how long messages took on their way, as the sender saw it. All in milliseconds. */
export const timingsRequest = z.object({
  /** From pressing send to the relay's acknowledgement. */
  relayed: z.array(duration).max(MAX_TIMINGS).default([]),
  /** From pressing send to the answer that says "committed". */
  saved: z.array(duration).max(MAX_TIMINGS).default([]),
  /** Of the oldest message that waits in the outbox. */
  outboxAge: duration.optional(),
});
export type Timings = z.output<typeof timingsRequest>;

/** `POST /api/chat/page`, by a visitor's frame: the page of the host site that they are on, since when, and that they are there. */
export const visitPageRequest = z.object({
  url: text(Infinity)
    .min(1)
    .transform((value) => value.slice(0, MAX_URL_LENGTH)),
  at: z.iso.datetime({ offset: true }).optional(),
});

/** `POST /api/chat/end`: the visitor ends the conversation (an operator's console does it for an old front-end). */
export const endChatRequest = z.object({ clientId: z.int().positive().optional() });

/** `POST /api/chat/block`, for operators: shuts a visitor out, or lets it in again. */
export const blockVisitorRequest = z.object({ clientId: z.int().positive(), blocked: z.boolean() });
export interface BlockVisitorResponse {
  /** ISO-8601, null when the visitor is not blocked any more. */
  blockedAt: string | null;
}
