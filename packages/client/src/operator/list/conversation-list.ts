import { bodyOfSaved, textOf } from '@switchboard/protocol/body';
import type { MessageView, RecentChat } from '@switchboard/protocol/types';

import { messageId } from '../../model/message-id.ts';
import type { MessageRef } from '../../model/message-id.ts';
import type { ConversationSummary, TimelineMessage } from '../../model/types.ts';
import { shallowEqual } from '../../platform/shallow-equal.ts';
import type { Content } from '../../timeline/state.ts';

/** More of a message than a row has room for; the rest would be laid out for nothing, in every row, at every change. */
const PREVIEW_LENGTH = 200;
/** Messages of one conversation that are remembered between two fetches of its row. */
const MAX_SAID = 100;
/** Milliseconds after which the database would have a message that was heard: then it is as if nobody had said it. */
export const HEARD_MS = 20_000;

/** A message that `chat` is not known to include. */
interface Said {
  readonly content: Content;
  /** Milliseconds since 1970, by this machine's clock; null while it waits in this outbox, which tells how that ends. */
  readonly heardAt: number | null;
  /** The same by the server's clock, ISO-8601. */
  readonly arrivedAt: string;
  /** The visitor has ended the conversation since. */
  readonly ended: boolean;
}

/** What messages change beside the preview. */
type Standing = Pick<ConversationSummary, 'waitingSince' | 'doneAt' | 'endedAt' | 'lastActivityAt'>;

/** One conversation as the list keeps it. */
export interface ListRow {
  /** As last fetched. Without a version once an event has changed it: then it is not what the server answered for that version. */
  readonly chat: RecentChat;
  /** In the order heard. Lies over `chat` and leaves no trace there, so that it can be undone. */
  readonly said: readonly Said[];
  /** What `chat` and `said` together say. */
  readonly standing: Standing;
  /** What this tells was true at this step: an answer that was asked for before it tells less. */
  readonly asOf: number;
}

/** The list by client id, in no order. */
export type ListState = ReadonlyMap<number, ListRow>;

/** What happens to a conversation that is known. */
export type RowEvent =
  /** A message of either side was heard on the relay. */
  | { readonly type: 'message'; readonly content: Content; readonly heardAt: number; readonly arrivedAt: string }
  /** An own message waits in the outbox. */
  | { readonly type: 'kept'; readonly content: Content; readonly arrivedAt: string }
  /** It does not wait there any more. */
  | { readonly type: 'unkept'; readonly message: MessageRef }
  /** Nobody will ever save this message. */
  | { readonly type: 'dropped'; readonly message: MessageRef }
  /** An own message was saved. */
  | { readonly type: 'saved'; readonly content: Content; readonly seq: number; readonly heardAt: number; readonly arrivedAt: string }
  | { readonly type: 'ended'; readonly at: string }
  | { readonly type: 'blocked'; readonly at: string | null }
  | { readonly type: 'done'; readonly doneAt: string | null; readonly waitingSince: string | null };

/** The row that a fetched chat makes; `before` has what was heard meanwhile. `now`: milliseconds, by this machine's clock. */
export function fetchedRow(chat: RecentChat, before: ListRow | undefined, asOf: number, now: number): ListRow {
  const said = (before?.said ?? []).slice(included(chat, before?.said ?? []));
  const recent = said.filter(({ heardAt }) => heardAt === null || now - heardAt < HEARD_MS);
  return makeRow({ ...chat, client: completed(chat, before) }, recent, asOf);
}

/** The row without what its conversation knows to be saved below its newest message, which is later then. The same row when that is nothing. */
export function withoutOlder(row: ListRow, messages: readonly TimelineMessage[]): ListRow {
  const { chat, said, asOf } = row;
  const newest = chat.lastMessage?.seq ?? 0;
  if (said.length === 0 || newest === 0) return row;
  const saved = new Set(messages.filter(({ seq }) => seq !== null && seq <= newest).map(messageId));
  const left = said.filter(({ content }) => !saved.has(messageId(content)));
  return left.length === said.length ? row : makeRow(chat, left, asOf);
}

/** The row of an old front-end's address that has been given one. */
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

/** Takes one event into a row; the same row when it changes nothing. */
export function changedRow(row: ListRow, event: RowEvent, asOf: number): ListRow {
  const { chat, said } = row;
  const changed = (client: Partial<RecentChat['client']>): RecentChat => ({
    ...chat,
    client: { ...chat.client, ...client },
    version: undefined,
  });
  if (event.type === 'message') return heardRow(row, { ...event, ended: false });
  if (event.type === 'kept') return heardRow(row, { ...event, heardAt: null, ended: false });
  if (event.type === 'saved') return savedRow(row, event);
  if (event.type === 'dropped') return withoutSaid(row, event.message);
  if (event.type === 'unkept')
    return said.some((one) => one.heardAt === null && isSame(one.content, event.message)) ? withoutSaid(row, event.message) : row;
  if (event.type === 'blocked') return makeRow(changed({ blockedAt: event.at }), said, asOf);
  if (event.type === 'done') return makeRow(changed({ doneAt: event.doneAt, waitingSince: event.waitingSince }), said, asOf);
  const before = said.map(({ content, heardAt, arrivedAt }) => ({ content, heardAt, arrivedAt, ended: true }));
  return makeRow(changed({ endedAt: event.at }), before, asOf);
}

/** Number of unread messages, as far as the list alone knows. */
export function listUnread({ chat, said }: ListRow): number {
  let heard = 0;
  for (const { content } of said) if (content.senderType === 'CLIENT') heard += 1;
  return chat.unreadCount + heard;
}

/** Whether somebody waits for an answer there: the rule of the view `waiting`. */
export function isWaiting({ standing, chat }: ListRow): boolean {
  return standing.waitingSince !== null && standing.doneAt === null && chat.client.blockedAt === null;
}

export function hasMessages({ chat, said }: ListRow): boolean {
  return chat.lastMessage !== null || said.length > 0;
}

/** The row as it is shown. `before` comes back when nothing of it has changed: views compare by identity. */
export function summarize(
  row: ListRow,
  more: Pick<ConversationSummary, 'unread' | 'unsent' | 'typing'>,
  before: ConversationSummary | undefined,
): ConversationSummary {
  const { client } = row.chat;
  const preview = previewOf(row);
  const pages = client.pages ?? NO_PAGES;
  const next: ConversationSummary = {
    clientId: client.id,
    username: client.username,
    phone: client.phone,
    email: client.email,
    address: client.address,
    pageUrl: client.pageUrl,
    startedAt: client.createdAt,
    blockedAt: client.blockedAt,
    preview: before !== undefined && shallowEqual(before.preview ?? {}, preview ?? {}) ? before.preview : preview,
    ...row.standing,
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

function previewOf({ chat: { lastMessage }, said }: ListRow): ConversationSummary['preview'] {
  const newest = said.at(-1)?.content ?? (lastMessage === null ? null : { ...lastMessage, body: bodyOfSaved(lastMessage) });
  if (newest === null) return null;
  const { body, senderType, operatorName } = newest;
  return { type: body.type, text: beginningOf(textOf(body)), senderType, operatorName };
}

function beginningOf(text: string | null): string | null {
  return text === null || text.length <= PREVIEW_LENGTH ? text : `${text.slice(0, PREVIEW_LENGTH)}…`;
}

/** What an older server does not tell, from what it does; and what is told only now and then, from before. */
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

/** How many of the first messages the chat includes: all that were heard up to its newest. */
function included({ lastMessage }: RecentChat, said: readonly Said[]): number {
  if (lastMessage === null) return 0;
  return said.findLastIndex(({ content }) => isSame(content, refOf(lastMessage))) + 1;
}

function isSame(a: MessageRef, b: MessageRef): boolean {
  return a.senderType === b.senderType && a.key === b.key;
}

function withoutSaid(row: ListRow, message: MessageRef): ListRow {
  const said = row.said.filter(({ content }) => !isSame(content, message));
  return said.length === row.said.length ? row : makeRow(row.chat, said, row.asOf);
}

/** A message counts from when it was heard, whatever its sender's clock says. */
function heardRow(row: ListRow, one: Said): ListRow {
  const { chat, said, asOf } = row;
  if (said.some(({ content }) => isSame(content, one.content))) return row;
  // What was heard before it is there, too.
  const fetched = chat.lastMessage !== null && isSame(refOf(chat.lastMessage), one.content);
  const next = fetched ? said.filter(({ heardAt }) => heardAt === null) : [...said, one].slice(-MAX_SAID);
  return fetched && next.length === said.length ? row : makeRow(chat, next, asOf);
}

function savedRow(row: ListRow, event: Extract<RowEvent, { type: 'saved' }>): ListRow {
  const without = withoutSaid(row, event.content);
  // The fetch may have been quicker than the answer.
  return (row.chat.lastMessage?.seq ?? 0) >= event.seq ? without : heardRow(without, { ...event, ended: false });
}

function refOf({ senderType, messageKey: key }: Pick<MessageView, 'senderType' | 'messageKey'>): MessageRef {
  return { senderType, key };
}

function makeRow(chat: RecentChat, said: readonly Said[], asOf: number): ListRow {
  const { client, lastActivityAt } = chat;
  let standing: Standing = {
    waitingSince: client.waitingSince ?? null,
    doneAt: client.doneAt ?? null,
    endedAt: client.endedAt,
    lastActivityAt,
  };
  for (const one of said) if (one.heardAt !== null) standing = after(standing, one);
  return { chat, said, standing, asOf };
}

/** An own message answers nothing before it is saved. */
function after(standing: Standing, { content, arrivedAt, ended }: Said): Standing {
  const lastActivityAt = standing.lastActivityAt > arrivedAt ? standing.lastActivityAt : arrivedAt;
  if (content.senderType === 'OPERATOR') return { ...standing, waitingSince: null, lastActivityAt };
  const waitingSince = standing.waitingSince ?? content.createdAt;
  return { waitingSince, doneAt: null, endedAt: ended ? standing.endedAt : null, lastActivityAt };
}
