import { bodyOfSaved, textOf } from '@switchboard/protocol/body';
import type { MessageView, RecentChat } from '@switchboard/protocol/types';

import { messageId } from '../../model/message-id.ts';
import type { MessageRef } from '../../model/message-id.ts';
import type { ConversationSummary, TimelineMessage } from '../../model/types.ts';
import { shallowEqual } from '../../platform/shallow-equal.ts';
import type { Content } from '../../timeline/state.ts';

/** Characters of a preview: more than a row has room for. The browser would lay out the rest in vain, in every row, at every change. */
const PREVIEW_LENGTH = 200;
/** Pending messages of one conversation that are remembered. */
const MAX_PENDING = 100;
/** Milliseconds after which a pending message no longer counts: if it were saved, the fetched row would include it. */
export const PENDING_MS = 20_000;

/** A message that the fetched row is not known to include. */
interface PendingMessage {
  readonly content: Content;
  /** When it was received, in milliseconds since 1970 by this machine's clock; null while it waits in this outbox, which reports its outcome. */
  readonly receivedAt: number | null;
  /** The same by the server's clock, ISO-8601. */
  readonly arrivedAt: string;
  /** The visitor has ended the conversation since. */
  readonly ended: boolean;
}

/** What messages change besides the preview. */
type RowStatus = Pick<ConversationSummary, 'waitingSince' | 'doneAt' | 'endedAt' | 'lastActivityAt'>;

/** One conversation as the list keeps it. */
export interface ListRow {
  /** As last fetched. Without a version once an event has changed it: then it is not what the server answered for that version. */
  readonly chat: RecentChat;
  /** In the order received. Shown on top of `chat` without changing it, so that each can be taken back. */
  readonly pending: readonly PendingMessage[];
  /** The status that results from `chat` and `pending`. */
  readonly status: RowStatus;
  /** The row was up to date at this step. An answer to an earlier request is older. */
  readonly asOf: number;
}

/** The list by client id, in no order. */
export type ListState = ReadonlyMap<number, ListRow>;

/** An event of a conversation whose row is known. */
export type RowEvent =
  /** The relay has brought a message of either side. */
  | { readonly type: 'message'; readonly content: Content; readonly receivedAt: number; readonly arrivedAt: string }
  /** An own message waits in the outbox. */
  | { readonly type: 'queued'; readonly content: Content; readonly arrivedAt: string }
  /** It does not wait there any more. */
  | { readonly type: 'unqueued'; readonly message: MessageRef }
  /** Nobody will ever save this message. */
  | { readonly type: 'dropped'; readonly message: MessageRef }
  /** An own message was saved. */
  | { readonly type: 'saved'; readonly content: Content; readonly seq: number; readonly receivedAt: number; readonly arrivedAt: string }
  | { readonly type: 'ended'; readonly at: string }
  /** The server has answered what an action of this operator has made of the conversation. */
  | { readonly type: 'changed'; readonly client: Partial<RecentChat['client']> };

/** The row of a fetched chat, with those pending messages of `before` that it does not include. `now`: milliseconds, by this machine's clock. */
export function fetchedRow(chat: RecentChat, before: ListRow | undefined, asOf: number, now: number): ListRow {
  const pending = (before?.pending ?? []).slice(included(chat, before?.pending ?? []));
  const recent = pending.filter(({ receivedAt }) => receivedAt === null || now - receivedAt < PENDING_MS);
  return makeRow({ ...chat, client: completed(chat, before) }, recent, asOf);
}

/** The row without pending messages that its conversation knows to be saved before the row's newest message. The same row when there are none. */
export function withoutOlder(row: ListRow, messages: readonly TimelineMessage[]): ListRow {
  const { chat, pending, asOf } = row;
  const newest = chat.lastMessage?.seq ?? 0;
  if (pending.length === 0 || newest === 0) return row;
  const saved = new Set(messages.filter(({ seq }) => seq !== null && seq <= newest).map(messageId));
  const left = pending.filter(({ content }) => !saved.has(messageId(content)));
  return left.length === pending.length ? row : makeRow(chat, left, asOf);
}

/** The chat of an old front-end's address whose row was just created. */
export function adoptedChat(clientId: number, username: string, address: string, at: string): RecentChat {
  return {
    client: {
      id: clientId,
      username,
      phone: null,
      email: null,
      status: 'ACTIVE',
      address,
      pageUrl: null,
      createdAt: at,
      endedAt: null,
      blockedAt: null,
    },
    lastMessage: null,
    unreadCount: 0,
    receipts: { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 },
    lastActivityAt: at,
  };
}

/** Applies an event to a row; the same row when nothing changes. */
export function changedRow(row: ListRow, event: RowEvent, asOf: number): ListRow {
  const { chat, pending } = row;
  const changed = (client: Partial<RecentChat['client']>): RecentChat => ({
    ...chat,
    client: { ...chat.client, ...client },
    version: undefined,
  });
  if (event.type === 'message') return receivedRow(row, { ...event, ended: false });
  if (event.type === 'queued') return receivedRow(row, { ...event, receivedAt: null, ended: false });
  if (event.type === 'saved') return savedRow(row, event);
  if (event.type === 'dropped') return withoutPending(row, event.message);
  if (event.type === 'unqueued')
    return pending.some((one) => one.receivedAt === null && isSame(one.content, event.message)) ? withoutPending(row, event.message) : row;
  if (event.type === 'changed') return makeRow(changed(event.client), pending, asOf);
  const before = pending.map(({ content, receivedAt, arrivedAt }) => ({ content, receivedAt, arrivedAt, ended: true }));
  return makeRow(changed({ endedAt: event.at }), before, asOf);
}

/** Number of unread messages, as far as the list alone knows. */
export function listUnread({ chat, pending }: ListRow): number {
  let unread = chat.unreadCount;
  for (const { content } of pending) if (content.senderType === 'CLIENT') unread += 1;
  return unread;
}

/** Whether the visitor waits for an answer: the rule of the view `waiting`. */
export function isWaiting({ status, chat }: ListRow): boolean {
  return status.waitingSince !== null && status.doneAt === null && chat.client.blockedAt === null;
}

export function hasMessages({ chat, pending }: ListRow): boolean {
  return chat.lastMessage !== null || pending.length > 0;
}

/** The row as it is shown; `before` itself when nothing has changed, because views compare by identity. */
export function summarize(
  row: ListRow,
  more: Pick<ConversationSummary, 'unread' | 'unsent' | 'typing'>,
  before: ConversationSummary | undefined,
): ConversationSummary {
  const { id: clientId, createdAt: startedAt, status: _, pages = NO_PAGES, ...client } = row.chat.client;
  const preview = previewOf(row);
  const next: ConversationSummary = {
    ...client,
    clientId,
    startedAt,
    preview: before !== undefined && shallowEqual(before.preview ?? {}, preview ?? {}) ? before.preview : preview,
    ...row.status,
    locale: client.locale ?? null,
    userAgent: client.userAgent ?? null,
    lastSeenAt: client.lastSeenAt ?? null,
    pageAt: client.pageAt ?? null,
    pages: before !== undefined && samePages(before.pages, pages) ? before.pages : pages,
    ...more,
  };
  return before !== undefined && shallowEqual(before, next) ? before : next;
}

const NO_PAGES: ConversationSummary['pages'] = [];

function samePages(a: ConversationSummary['pages'], b: ConversationSummary['pages']): boolean {
  return a.length === b.length && a.every((page, index) => page.url === b[index]?.url && page.at === b[index].at);
}

function previewOf({ chat: { lastMessage }, pending }: ListRow): ConversationSummary['preview'] {
  const newest = pending.at(-1)?.content ?? (lastMessage === null ? null : { ...lastMessage, body: bodyOfSaved(lastMessage) });
  if (newest === null) return null;
  const { body, senderType, operatorName } = newest;
  return { type: body.type, text: beginningOf(textOf(body)), senderType, operatorName };
}

function beginningOf(text: string | null): string | null {
  return text === null || text.length <= PREVIEW_LENGTH ? text : `${text.slice(0, PREVIEW_LENGTH)}…`;
}

/** Fills in fields that an older server leaves out, and the pages of the visitor, which only some answers have. */
function completed({ client, lastMessage }: RecentChat, before: ListRow | undefined): RecentChat['client'] {
  const asked = lastMessage?.senderType === 'CLIENT' ? lastMessage.createdAt : null;
  return {
    ...client,
    blockedAt: client.blockedAt ?? null,
    waitingSince: client.waitingSince === undefined ? asked : client.waitingSince,
    doneAt: client.doneAt ?? null,
    pages: client.pages ?? before?.chat.client.pages ?? [],
  };
}

/** How many of the first pending messages the chat includes: all up to its newest message. */
function included({ lastMessage }: RecentChat, pending: readonly PendingMessage[]): number {
  if (lastMessage === null) return 0;
  return pending.findLastIndex(({ content }) => isSame(content, refOf(lastMessage))) + 1;
}

function isSame(a: MessageRef, b: MessageRef): boolean {
  return a.senderType === b.senderType && a.key === b.key;
}

function withoutPending(row: ListRow, message: MessageRef): ListRow {
  const pending = row.pending.filter(({ content }) => !isSame(content, message));
  return pending.length === row.pending.length ? row : makeRow(row.chat, pending, row.asOf);
}

/** Adds a message. It counts from when it was received, whatever the sender's clock says. */
function receivedRow(row: ListRow, one: PendingMessage): ListRow {
  const { chat, pending, asOf } = row;
  if (pending.some(({ content }) => isSame(content, one.content))) return row;
  // Messages that were received before it are included, too.
  const fetched = chat.lastMessage !== null && isSame(refOf(chat.lastMessage), one.content);
  const next = fetched ? pending.filter(({ receivedAt }) => receivedAt === null) : [...pending, one].slice(-MAX_PENDING);
  return fetched && next.length === pending.length ? row : makeRow(chat, next, asOf);
}

function savedRow(row: ListRow, event: Extract<RowEvent, { type: 'saved' }>): ListRow {
  const without = withoutPending(row, event.content);
  // The row may have been fetched before the answer arrived.
  return (row.chat.lastMessage?.seq ?? 0) >= event.seq ? without : receivedRow(without, { ...event, ended: false });
}

function refOf({ senderType, messageKey: key }: Pick<MessageView, 'senderType' | 'messageKey'>): MessageRef {
  return { senderType, key };
}

function makeRow(chat: RecentChat, pending: readonly PendingMessage[], asOf: number): ListRow {
  const { client, lastActivityAt } = chat;
  let status: RowStatus = {
    waitingSince: client.waitingSince ?? null,
    doneAt: client.doneAt ?? null,
    endedAt: client.endedAt,
    lastActivityAt,
  };
  for (const one of pending) if (one.receivedAt !== null) status = after(status, one);
  return { chat, pending, status, asOf };
}

/** The status after one more message. Messages of the own outbox do not count before they are saved. */
function after(status: RowStatus, { content, arrivedAt, ended }: PendingMessage): RowStatus {
  const lastActivityAt = status.lastActivityAt > arrivedAt ? status.lastActivityAt : arrivedAt;
  if (content.senderType === 'OPERATOR') return { ...status, waitingSince: null, lastActivityAt };
  const waitingSince = status.waitingSince ?? content.createdAt;
  return { waitingSince, doneAt: null, endedAt: ended ? status.endedAt : null, lastActivityAt };
}
