import { textOf, unreachable } from '@switchboard/protocol/body';

import { messageId } from '../model/message-id.ts';
import type { MessageStatus, TimelineMessage } from '../model/types.ts';
import { shallowEqual } from '../platform/shallow-equal.ts';
import type { Content, LiveMessage, SavedRow, TimelineState } from './state.ts';

/** The most milliseconds between a message without a key and its row: they were stamped by different clocks. */
const MATCH_MS = 60_000;

/** The side of this client. */
export type Side = { readonly kind: 'client' } | { readonly kind: 'operator'; readonly operatorId: number };

/** An outbox entry as the timeline shows it. */
export interface LocalMessage extends Content {
  readonly failure: string | null;
  readonly uploadProgress: number | null;
}

/** Whether this person sent it. */
export function isOwn(side: Side, content: Pick<Content, 'senderType' | 'operatorId'>): boolean {
  return side.kind === 'client'
    ? content.senderType === 'CLIENT'
    : content.senderType === 'OPERATOR' && content.operatorId === side.operatorId;
}

/** Whether the other side sent it (an operator's colleagues are neither own nor peer). */
export function isPeer(side: Side, content: Pick<Content, 'senderType'>): boolean {
  return content.senderType === (side.kind === 'client' ? 'OPERATOR' : 'CLIENT');
}

/**
 * The messages in display order: by `createdAt`, then `seq`. Both are fixed once a message is saved, so saved messages never change their order. Each message
 * appears once: its row takes precedence over its outbox entry, and that over the relayed message. Messages that have not changed since `previous` are the
 * same objects, and an unchanged list is the same array.
 */
export function viewTimeline(
  state: TimelineState,
  local: readonly LocalMessage[],
  side: Side,
  previous: readonly TimelineMessage[],
): readonly TimelineMessage[] {
  const known = new Map(previous.map((message) => [messageId(message), message]));
  const shown = [...state.rows.values()].map((row) => viewRow(state, side, row));
  const localIds = new Set(local.map(messageId));
  for (const message of local) {
    if (!state.seqs.has(messageId(message))) shown.push(fromLocal(side, message));
  }
  for (const message of unmatched(state)) {
    if (!localIds.has(messageId(message))) shown.push(viewLive(side, message));
  }
  const view = shown.toSorted(compare).map((message) => same(known.get(messageId(message)), message));
  return view.length === previous.length && view.every((message, index) => message === previous[index]) ? previous : view;
}

function compare(a: TimelineMessage, b: TimelineMessage): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  const bySeq = (a.seq ?? Number.MAX_SAFE_INTEGER) - (b.seq ?? Number.MAX_SAFE_INTEGER);
  return bySeq === 0 ? Number(messageId(a) > messageId(b)) - Number(messageId(a) < messageId(b)) : bySeq;
}

/** Live messages without a row. A message without a key matches a row of the same side, content and approximate time; each row matches one message at most. */
function unmatched(state: TimelineState): LiveMessage[] {
  const live = [...state.live.values()];
  const keyless = live.filter((message) => !message.keyed);
  if (keyless.length === 0) return live;
  const rows = byContent(state.rows.values());
  const matched = new Set<LiveMessage>();
  for (const [content, messages] of byContent(keyless)) {
    // Both are sorted by time: a visitor who sends the same text a thousand times must not cost a thousand comparisons with every row.
    const waiting = rows.get(content) ?? [];
    let next = 0;
    for (const { content: message, at } of messages) {
      while ((waiting[next]?.at ?? Number.POSITIVE_INFINITY) < at - MATCH_MS) next += 1;
      if ((waiting[next]?.at ?? Number.POSITIVE_INFINITY) > at + MATCH_MS) continue;
      matched.add(message);
      next += 1;
    }
  }
  return live.filter((message) => !matched.has(message));
}

interface Timed<C> {
  readonly content: C;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Groups messages with the same content, whatever their keys; each group is sorted by time. */
function byContent<C extends Content>(contents: Iterable<C>): Map<string, Timed<C>[]> {
  const groups = new Map<string, Timed<C>[]>();
  for (const content of contents) {
    const { senderType, body, createdAt } = content;
    const same = `${senderType} ${comparable(body)}`;
    const group = groups.get(same) ?? [];
    groups.set(same, group);
    group.push({ content, at: Date.parse(createdAt) });
  }
  for (const group of groups.values()) group.sort((a, b) => a.at - b.at);
  return groups;
}

/** The part of a body that is the same in its relayed and its saved copy. */
function comparable(body: Content['body']): string {
  switch (body.type) {
    case 'text':
      return `text ${body.text}`;
    case 'image': // The saved copy has another URL, and perhaps another name.
      return 'image';
    default:
      return unreachable(body);
  }
}

function base(side: Side, content: Content) {
  const { key, senderType, operatorId, operatorName, body, createdAt } = content;
  const own = isOwn(side, content);
  return {
    key,
    senderType,
    own,
    operatorId,
    operatorName,
    body,
    createdAt,
    seq: null,
    status: null,
    failure: null,
    uploadProgress: null,
  };
}

/** A saved message as the timeline shows it. */
export function viewRow(state: TimelineState, side: Side, row: SavedRow): TimelineMessage {
  const message = base(side, row);
  return { ...message, seq: row.seq, status: message.own ? savedStatus(state, side, row.seq) : null };
}

function fromLocal(side: Side, local: LocalMessage): TimelineMessage {
  const message = base(side, local);
  // A visitor's message that this console saves: its status is shown only if the server refuses it for good.
  if (!message.own) return local.failure === null ? message : { ...message, status: 'failed', failure: local.failure };
  return {
    ...message,
    status: local.failure === null ? 'sending' : 'failed',
    failure: local.failure,
    uploadProgress: local.uploadProgress,
  };
}

/** A message that only the relay has delivered, as the timeline shows it. */
export function viewLive(side: Side, live: LiveMessage): TimelineMessage {
  const message = base(side, live);
  return { ...message, status: message.own ? 'sending' : null };
}

function savedStatus(state: TimelineState, side: Side, seq: number): MessageStatus {
  const { receipts } = state;
  const read = side.kind === 'client' ? receipts.operatorReadSeq : receipts.clientReadSeq;
  const delivered = side.kind === 'client' ? receipts.operatorDeliveredSeq : receipts.clientDeliveredSeq;
  return seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent';
}

/** The previous object of a message if nothing has changed: views compare by identity. */
function same(before: TimelineMessage | undefined, now: TimelineMessage): TimelineMessage {
  if (before === undefined) return now;
  const body = sameBody(before.body, now.body) ? before.body : now.body;
  return shallowEqual(before, { ...now, body }) ? before : { ...now, body };
}

function sameBody(one: Content['body'], other: Content['body']): boolean {
  if (one.type !== other.type || textOf(one) !== textOf(other)) return false;
  switch (one.type) {
    case 'text':
      return true;
    case 'image':
      return other.type === 'image' && shallowEqual(one.image, other.image);
    default:
      return unreachable(one);
  }
}
