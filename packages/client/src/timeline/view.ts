import { textOf, unreachable } from '@switchboard/protocol/body';

import { messageId } from '../model/message-id.ts';
import type { MessageStatus, TimelineMessage } from '../model/types.ts';
import { shallowEqual } from '../platform/shallow-equal.ts';
import type { Content, LiveMessage, SavedRow, TimelineState } from './state.ts';

/** Milliseconds that a message without a key and its row may lie apart: they were stamped by different clocks. */
const MATCH_MS = 60_000;

/** Which side this is. */
export type Side = { readonly kind: 'client' } | { readonly kind: 'operator'; readonly operatorId: number };

/** An entry of the outbox as the timeline shows it. */
export interface LocalMessage extends Content {
  readonly failure: string | null;
  readonly uploadProgress: number | null;
}

/** Whether this person wrote it. */
export function isOwn(side: Side, content: Pick<Content, 'senderType' | 'operatorId'>): boolean {
  return side.kind === 'client'
    ? content.senderType === 'CLIENT'
    : content.senderType === 'OPERATOR' && content.operatorId === side.operatorId;
}

/** Whether the other side wrote it (an operator's colleagues are neither own nor peer). */
export function isPeer(side: Side, content: Pick<Content, 'senderType'>): boolean {
  return content.senderType === (side.kind === 'client' ? 'OPERATOR' : 'CLIENT');
}

/**
 * The messages in the order in which they are shown: by `createdAt`, then `seq`. Both are fixed once a message is saved, so that two saved
 * messages never change places. Each message appears once: its row before its outbox entry before what the relay said.
 * What has not changed since `previous` keeps its identity, and so does the list.
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

/** Live messages without their rows. One without a key is taken for a row of the same side that says the same at about the same time; each row for one at most. */
function unmatched(state: TimelineState): LiveMessage[] {
  const live = [...state.live.values()];
  const keyless = live.filter((message) => !message.keyed);
  if (keyless.length === 0) return live;
  const rows = byWhatIsSaid(state.rows.values());
  const matched = new Set<LiveMessage>();
  for (const [said, messages] of byWhatIsSaid(keyless)) {
    // Both by time, so that a stranger who says the same a thousand times is not compared with every row a thousand times.
    const waiting = rows.get(said) ?? [];
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

/** Messages that say the same, whatever their keys, oldest first. */
function byWhatIsSaid<C extends Content>(contents: Iterable<C>): Map<string, Timed<C>[]> {
  const groups = new Map<string, Timed<C>[]>();
  for (const content of contents) {
    const { senderType, body, createdAt } = content;
    const said = `${senderType} ${comparable(body)}`;
    const group = groups.get(said) ?? [];
    groups.set(said, group);
    group.push({ content, at: Date.parse(createdAt) });
  }
  for (const group of groups.values()) group.sort((a, b) => a.at - b.at);
  return groups;
}

/** What two copies of a body have in common, whichever way each came. */
function comparable(body: Content['body']): string {
  switch (body.type) {
    case 'text':
      return `text ${body.text}`;
    case 'image': // The saved copy has another address, and perhaps another name.
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

/** A saved message as it is shown. */
export function viewRow(state: TimelineState, side: Side, row: SavedRow): TimelineMessage {
  const message = base(side, row);
  return { ...message, seq: row.seq, status: message.own ? savedStatus(state, side, row.seq) : null };
}

function fromLocal(side: Side, local: LocalMessage): TimelineMessage {
  const message = base(side, local);
  // A visitor's, kept here to be saved: of no concern to anybody unless that is refused for good.
  if (!message.own) return local.failure === null ? message : { ...message, status: 'failed', failure: local.failure };
  return {
    ...message,
    status: local.failure === null ? 'sending' : 'failed',
    failure: local.failure,
    uploadProgress: local.uploadProgress,
  };
}

/** A message that only the relay has told of, as it is shown. */
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

/** The message that was shown before, if nothing of it has changed: views compare by identity. */
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
