/** The limits of the wire. A sender may rely on them; a receiver refuses what is past them. This file has no imports, so it costs browsers only what they use. */

/** Characters (UTF-16 units) of one text message. At three bytes each it still fits our own clients' 64 KiB. */
export const MAX_TEXT_LENGTH = 10_000;
/** Characters of a visitor's or an operator's name. */
export const MAX_NAME_LENGTH = 80;
export const MAX_PHONE_LENGTH = 40;
export const MAX_EMAIL_LENGTH = 254;
export const MAX_URL_LENGTH = 2_048;
export const MAX_FILE_NAME_LENGTH = 255;
/** Characters of an address: a UUID, or the socket id of a visitor without a token. */
export const MAX_ADDRESS_LENGTH = 64;
/** Messages in one save request. */
export const MAX_SAVE_BATCH = 100;
/** Messages in one page of history. */
export const MAX_PAGE_SIZE = 200;
export const DEFAULT_PAGE_SIZE = 50;
/** Default of the guide's `getChatHistoryAction`. */
export const DEFAULT_HISTORY_LIMIT = 100;
/** Conversations in one answer of the recent chats. */
export const MAX_RECENT_CHATS = 200;
/** The same of one page of a view. */
export const DEFAULT_CHATS_PAGE = 50;
/** Conversations that may be asked for by their ids or addresses at once. */
export const MAX_CHATS_BY_ID = 100;
/** Pages of the host site that are remembered of a visitor. */
export const MAX_VISITED_PAGES = 10;
/** The frame says at least this often which page the visitor is on, while it is visible; somebody who was heard of within HERE_MS is there. */
export const PAGE_REPORT_MS = 60_000;
export const HERE_MS = 100_000;
/** Kinds of change that one hint names, and the characters of one of them. */
export const MAX_CHANGE_KINDS = 16;
export const MAX_CHANGE_KIND_LENGTH = 32;
/** Messages that one sender may send to the relay in a second. */
export const MESSAGES_PER_SECOND = 5;
/** A message's `createdAt` is never further back than this, in milliseconds. */
export const MAX_MESSAGE_AGE_MS = 7 * 24 * 60 * 60 * 1000;
/** Of each kind in one report of how long messages took, and how often one is sent at most (but for the last before the page is left). */
export const MAX_TIMINGS = 100;
export const TIMINGS_EVERY_MS = 60_000;
/** Bytes of one upload, unless the installation says otherwise. */
export const DEFAULT_MAX_IMAGE_BYTES = 10 * 1024 * 1024;
/** Bytes of one socket message, unless the installation says otherwise. */
export const DEFAULT_MAX_SOCKET_PAYLOAD_BYTES = 1_000_000;
/** What an upload may be: raster images that every browser shows. No SVG, which is a document that runs scripts. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
/** While somebody types, the signal is repeated this often; it is forgotten after TYPING_TTL_MS without a repeat; typing stops after TYPING_IDLE_MS without a key. */
export const TYPING_REPEAT_MS = 3_000;
export const TYPING_IDLE_MS = 2_000;
export const TYPING_TTL_MS = 5_000;
/** An open conversation asks the database for news at least this often. */
export const HEAD_CHECK_MS = 20_000;
/** Sites that may be named to frame the chat: they stand in one header of an answer. */
export const MAX_WIDGET_SITES = 200;
/** Path of an upload of ours, before its id. */
export const UPLOADS_PATH = '/api/chat/uploads/';
