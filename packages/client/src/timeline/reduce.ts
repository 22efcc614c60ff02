import type { MessagesPage, Receipts } from '@switchboard/protocol/types';

import { messageId } from '../model/message-id.ts';
import type { MessageRef } from '../model/message-id.ts';
import { EMPTY_TIMELINE, rowOf } from './state.ts';
import type { LiveMessage, PageQuery, SavedRow, TimelineEvent, TimelineState } from './state.ts';

/**
 * Applies one event to the state. Events may arrive in any order and more than once: the result depends on the known rows, never on the order in which they
 * arrived, so that *state + events = fresh state*.
 */
export function reduceTimeline(state: TimelineState, event: TimelineEvent): TimelineState {
  if (event.type === 'page') return takePage(state, event.query, event.page);
  if (event.type === 'live') return takeLive(state, event.message);
  if (event.type === 'dropped') return dropLive(state, event.message);
  if (event.type === 'ended') return { ...state, endedAt: event.at };
  return takeSaved(state, event.row);
}

/** Applies the answer to a save. A fetched row takes precedence, because it has names and new URLs. */
function takeSaved(state: TimelineState, row: SavedRow): TimelineState {
  if (state.rows.has(row.seq) || state.seqs.has(messageId(row))) return state;
  if (state.oldest === null || row.seq >= state.oldest) return advance(addRows(state, [row]));
  // It was saved before the oldest loaded message: its seq is remembered, and it is shown when its page is fetched.
  return { ...dropLive(state, row), seqs: new Map(state.seqs).set(messageId(row), row.seq) };
}

/** Whether the database is known to have rows that the state does not have. */
export function isBehind(state: TimelineState): boolean {
  if (state.contiguous === null) return true;
  for (const seq of state.rows.keys()) if (seq > state.contiguous) return true;
  return false;
}

function takeLive(state: TimelineState, message: LiveMessage): TimelineState {
  const id = messageId(message);
  if (state.seqs.has(id) || state.live.has(id)) return state;
  return { ...state, live: new Map(state.live).set(id, message) };
}

function dropLive(state: TimelineState, message: MessageRef): TimelineState {
  const id = messageId(message);
  if (!state.live.has(id)) return state;
  const live = new Map(state.live);
  live.delete(id);
  return { ...state, live };
}

/** Whether a backup was restored between the two states, so that their rows belong to different databases. */
export function wasRestored(before: TimelineState, after: TimelineState): boolean {
  return before.contiguous !== null && (after.contiguous === null || isOther(before.epoch, after.epoch));
}

function isOther(known: string | null, reported: string | null): boolean {
  return known !== null && reported !== null && known !== reported;
}

function takePage(known: TimelineState, query: PageQuery, page: MessagesPage): TimelineState {
  const epoch = page.epoch ?? known.epoch;
  // A backup was restored: lost rows are no longer saved, and their numbers will be assigned again.
  const anew = isOther(known.epoch, epoch) || ('afterSeq' in query && page.lastSeq < query.afterSeq);
  const state = anew ? { ...EMPTY_TIMELINE, live: known.live, epoch } : { ...known, epoch };
  // The page was requested by a number of the previous database.
  if (anew && !('newest' in query)) return state;
  const rows = page.messages.map(rowOf);
  const first = rows[0]?.seq;
  const last = rows.at(-1)?.seq;
  const ownReadSeq = page.readSeq === undefined ? state.ownReadSeq : Math.max(state.ownReadSeq ?? 0, page.readSeq);
  const next = { ...addRows(state, rows), receipts: maxReceipts(state.receipts, page.receipts), ownReadSeq };
  if ('beforeSeq' in query) {
    const oldest = Math.min(state.oldest ?? query.beforeSeq, first ?? query.beforeSeq);
    return { ...next, oldest, hasOlder: page.hasMore };
  }
  const current = { ...next, endedAt: page.endedAt };
  if ('afterSeq' in query) {
    if (state.contiguous === null || query.afterSeq > state.contiguous) return advance(current);
    return advance({ ...current, contiguous: Math.max(state.contiguous, last ?? query.afterSeq) });
  }
  if (state.contiguous !== null) return advance(current);
  return advance({ ...current, contiguous: last ?? page.lastSeq, oldest: first ?? page.lastSeq + 1, hasOlder: page.hasMore });
}

/** Adds or replaces rows; rows are never removed. */
function addRows(state: TimelineState, added: readonly SavedRow[]): TimelineState {
  if (added.length === 0) return state;
  const rows = new Map(state.rows);
  const seqs = new Map(state.seqs);
  const live = new Map(state.live);
  for (const row of added) {
    rows.set(row.seq, row);
    seqs.set(messageId(row), row.seq);
    live.delete(messageId(row));
  }
  return { ...state, rows, seqs, live };
}

/** Advances the contiguous end over every row that follows without a gap. */
function advance(state: TimelineState): TimelineState {
  if (state.contiguous === null) return state;
  let end = state.contiguous;
  while (state.rows.has(end + 1)) end += 1;
  return end === state.contiguous ? state : { ...state, contiguous: end };
}

/** Receipts only grow: an older answer that arrives late must not revert a status. */
function maxReceipts(a: Receipts, b: Receipts): Receipts {
  const next = {
    clientDeliveredSeq: Math.max(a.clientDeliveredSeq, b.clientDeliveredSeq),
    clientReadSeq: Math.max(a.clientReadSeq, b.clientReadSeq),
    operatorDeliveredSeq: Math.max(a.operatorDeliveredSeq, b.operatorDeliveredSeq),
    operatorReadSeq: Math.max(a.operatorReadSeq, b.operatorReadSeq),
  };
  return next;
}
