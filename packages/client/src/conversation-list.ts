import type { RecentChat } from '@switchboard/protocol/types';

import type { Content } from './timeline/state.ts';
import type { ConversationSummary } from './types.ts';

/** More of a message than a row has room for; the rest would be laid out for nothing, in every row, at every change. */
const PREVIEW_LENGTH = 200;

/** One conversation as the list keeps it. */
interface ListRow {
  readonly summary: Omit<ConversationSummary, 'unread' | 'typing'>;
  /** When the message of the preview was sent, ISO-8601; empty before the first. */
  readonly previewAt: string;
  /** As last fetched. */
  readonly savedUnread: number;
  /** Live messages of the client, and of that side alone, that the fetched number may not include: key → when. */
  readonly liveUnread: ReadonlyMap<string, string>;
  /** Everything sent up to here has been seen in this browser, ISO-8601. */
  readonly readUntil: string;
}

/** The list by client id, in no order. */
export type ListState = ReadonlyMap<number, ListRow>;

export type ListEvent =
  | { readonly type: 'fetched'; readonly chats: readonly RecentChat[] }
  /** An old front-end's address has been given a row. */
  | { readonly type: 'adopted'; readonly clientId: number; readonly username: string; readonly address: string; readonly at: string }
  /** A message of either side; one of the client's counts as unread until the list is read or fetched. */
  | { readonly type: 'message'; readonly clientId: number; readonly content: Content }
  | { readonly type: 'ended'; readonly clientId: number; readonly at: string }
  | { readonly type: 'blocked'; readonly clientId: number; readonly at: string | null }
  | { readonly type: 'read'; readonly clientId: number; readonly until: string };

export const EMPTY_LIST: ListState = new Map();

/** Takes one event into the list; the order in which fetched and live news come does not matter. */
export function reduceList(state: ListState, event: ListEvent): ListState {
  if (event.type === 'fetched') {
    const next = new Map(state);
    for (const chat of event.chats) next.set(chat.client.id, fetchedRow(chat, state.get(chat.client.id)));
    return next;
  }
  if (event.type === 'adopted') return state.has(event.clientId) ? state : new Map(state).set(event.clientId, adoptedRow(event));
  const row = state.get(event.clientId);
  if (row === undefined) return state;
  const next = changedRow(row, event);
  return next === row ? state : new Map(state).set(event.clientId, next);
}

/** Number of unread messages, as far as the list alone knows. */
export function listUnread(row: ListRow): number {
  return row.savedUnread + row.liveUnread.size;
}

/** Newest activity first; the same activity in a fixed order. */
export function byActivity(a: ConversationSummary, b: ConversationSummary): number {
  if (a.lastActivityAt !== b.lastActivityAt) return a.lastActivityAt < b.lastActivityAt ? 1 : -1;
  return b.clientId - a.clientId;
}

function beginningOf(text: string | null): string | null {
  return text === null || text.length <= PREVIEW_LENGTH ? text : `${text.slice(0, PREVIEW_LENGTH)}…`;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function fetchedRow({ client, lastMessage, unreadCount, lastActivityAt }: RecentChat, before: ListRow | undefined): ListRow {
  const savedAt = lastMessage?.createdAt ?? '';
  const savedKey = lastMessage?.senderType === 'CLIENT' ? lastMessage.messageKey : undefined;
  const keepsPreview = before !== undefined && before.previewAt > savedAt;
  const liveUnread = new Map([...(before?.liveUnread ?? [])].filter(([key, at]) => at > savedAt && key !== savedKey));
  const readUntil = before?.readUntil ?? '';
  return {
    summary: {
      clientId: client.id,
      username: client.username,
      phone: client.phone,
      email: client.email,
      address: client.address,
      pageUrl: client.pageUrl,
      startedAt: client.createdAt,
      endedAt: client.endedAt,
      // A server of the build before does not say.
      blockedAt: client.blockedAt ?? null,
      preview: keepsPreview
        ? before.summary.preview
        : lastMessage === null
          ? null
          : {
              text: beginningOf(lastMessage.text),
              isImage: lastMessage.messageType === 'IMAGE',
              senderType: lastMessage.senderType,
              operatorName: lastMessage.operatorName,
            },
      lastActivityAt: later(lastActivityAt, before?.summary.lastActivityAt ?? ''),
    },
    previewAt: keepsPreview ? before.previewAt : savedAt,
    // Asked before what was read here had been reported: nothing newer is there, so nothing is unread.
    savedUnread: readUntil !== '' && savedAt <= readUntil ? 0 : unreadCount,
    liveUnread,
    readUntil,
  };
}

function adoptedRow({ clientId, username, address, at }: Extract<ListEvent, { type: 'adopted' }>): ListRow {
  return {
    summary: {
      clientId,
      username,
      phone: null,
      email: null,
      address,
      pageUrl: null,
      startedAt: at,
      endedAt: null,
      blockedAt: null,
      preview: null,
      lastActivityAt: at,
    },
    previewAt: '',
    savedUnread: 0,
    liveUnread: new Map(),
    readUntil: '',
  };
}

function changedRow(row: ListRow, event: Extract<ListEvent, { type: 'message' | 'ended' | 'blocked' | 'read' }>): ListRow {
  if (event.type === 'message') return messageRow(row, event.content);
  if (event.type === 'ended') return { ...row, summary: { ...row.summary, endedAt: event.at } };
  if (event.type === 'blocked') return { ...row, summary: { ...row.summary, blockedAt: event.at } };
  if (event.until <= row.readUntil && listUnread(row) === 0) return row;
  return { ...row, savedUnread: 0, liveUnread: new Map(), readUntil: later(event.until, row.readUntil) };
}

function messageRow(row: ListRow, content: Content): ListRow {
  const { key, createdAt, senderType, text, image, operatorName } = content;
  if (createdAt < row.previewAt) return row;
  const unread = senderType === 'CLIENT' && createdAt > row.readUntil && createdAt > row.previewAt;
  const preview = { text: beginningOf(text), isImage: image !== null, senderType, operatorName };
  return {
    ...row,
    summary: {
      ...row.summary,
      preview,
      lastActivityAt: later(row.summary.lastActivityAt, createdAt),
      ...(unread ? { endedAt: null } : {}),
    },
    previewAt: createdAt,
    liveUnread: unread ? new Map(row.liveUnread).set(key, createdAt) : row.liveUnread,
  };
}
