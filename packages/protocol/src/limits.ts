/** The limits of the protocol. Senders may rely on them; receivers refuse input beyond them. No imports, so this file costs browsers only what they use. */

/** Characters (UTF-16 units) of one text message. At three bytes each it still fits the 64 KiB of a packet. */
export const MAX_TEXT_LENGTH = 10_000;
/** Characters of a visitor's or operator's name. */
export const MAX_NAME_LENGTH = 80;
/** Characters of an operator's password. The upper bound limits what hashing one costs. */
export const MIN_PASSWORD_LENGTH = 10;
export const MAX_PASSWORD_LENGTH = 200;
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
/** Default limit of the guide's `getChatHistoryAction`. */
export const DEFAULT_HISTORY_LIMIT = 100;
/** Conversations in one answer of `GET /api/chat/recent` without a view. */
export const MAX_RECENT_CHATS = 200;
/** Conversations in one page of a view, by default. */
export const DEFAULT_CHATS_PAGE = 50;
/** Unread messages of a conversation are counted up to this number, and conversations of a view up to that. */
export const MAX_UNREAD_COUNT = 100;
export const MAX_VIEW_COUNT = 10_000;
/** Views that one operator may save. */
export const MAX_SAVED_VIEWS = 50;
/** Earlier chats, and operators who have read it, in the answer about one conversation. */
export const MAX_EARLIER_CHATS = 50;
export const MAX_READERS = 100;
/** Ids or addresses in one request for conversations. */
export const MAX_CHATS_BY_ID = 100;
/** Operators whom one note mentions. */
export const MAX_MENTIONS = 20;
/** Tags in all, tags of one chat, and characters of a tag's name. */
export const MAX_TAGS = 1_000;
export const MAX_TAGS_OF_CHAT = 20;
export const MAX_TAG_NAME_LENGTH = 50;
/** Canned replies of one scope (an operator's own, a team's, everybody's), and characters of a shortcut. */
export const MAX_CANNED_REPLIES = 1_000;
export const MAX_SHORTCUT_LENGTH = 40;
/** Pages of the host site that are stored per visitor. */
export const MAX_VISITED_PAGES = 10;
/** While it is visible, the frame reports the visitor's page at least this often. A visitor counts as online for HERE_MS after a report. */
export const PAGE_REPORT_MS = 60_000;
export const HERE_MS = 100_000;
/** The most kinds of change in one hint, and the length of one of them. */
export const MAX_CHANGE_KINDS = 16;
export const MAX_CHANGE_KIND_LENGTH = 32;
/** Messages that one sender may send to the relay per second. */
export const MESSAGES_PER_SECOND = 5;
/** A message's `createdAt` is at most this old when it is saved. Milliseconds. */
export const MAX_MESSAGE_AGE_MS = 7 * 24 * 60 * 60 * 1000;
/** The most latencies of each kind in one report, and the shortest time between two reports (except the last one before the page is left). */
export const MAX_TIMINGS = 100;
export const TIMINGS_EVERY_MS = 60_000;
/** Bytes of one upload, unless configured otherwise. */
export const DEFAULT_MAX_IMAGE_BYTES = 10 * 1024 * 1024;
/** Bytes of one socket message, unless configured otherwise. */
export const DEFAULT_MAX_SOCKET_PAYLOAD_BYTES = 1_000_000;
/** The accepted types of uploads: raster images that every browser shows. No SVG: it is a document that can run scripts. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
/** The typing signal is repeated this often while somebody types, ends TYPING_IDLE_MS after the last key, and expires after TYPING_TTL_MS without a repeat. */
export const TYPING_REPEAT_MS = 3_000;
export const TYPING_IDLE_MS = 2_000;
export const TYPING_TTL_MS = 5_000;
/** An open conversation is checked for new messages at least this often. */
export const HEAD_CHECK_MS = 20_000;
/** Operators in one team. */
export const MAX_TEAM_MEMBERS = 1_000;
/** Teams that one invitation names. */
export const MAX_INVITATION_TEAMS = 100;
/** The longest waiting target of an inbox: a week. */
export const MAX_WAITING_TARGET_SECONDS = 7 * 24 * 60 * 60;
/** The most sites that may frame the chat: one header lists all of them. */
export const MAX_WIDGET_SITES = 200;
/** The path of an upload to this server, before its id. */
export const UPLOADS_PATH = '/api/chat/uploads/';
