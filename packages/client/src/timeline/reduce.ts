import type { MessagesPage, Receipts } from '@switchboard/protocol/types';

import { messageId } from '../model/message-id.ts';
import type { MessageRef } from '../model/message-id.ts';
import { EMPTY_TIMELINE, rowOf } from './state.ts';
import type { LiveMessage, PageQuery, SavedRow, TimelineEvent, TimelineState } from './state.ts';

/**
 * Takes one event into the state. Events may come in any order and more than once: the rows that are known decide, never the order in which they
 * became known, so that *state + events = fresh state*.
 */
export function reduceTimeline(state: TimelineState, event: TimelineEvent): TimelineState {
  if (event.type === 'page') return takePage(state, event.query, event.page);
  if (event.type === 'live') return takeLive(state, event.message);
  if (event.type === 'dropped') return dropLive(state, event.message);
  if (event.type === 'ended') return { ...state, endedAt: event.at };
  return takeSaved(state, event.row);
}

/** The answer to a save. A fetched row says more (names, fresh URLs) than that. */
function takeSaved(state: TimelineState, row: SavedRow): TimelineState {
  if (state.rows.has(row.seq) || state.seqs.has(messageId(row))) return state;
  if (state.oldest === null || row.seq >= state.oldest) return advance(addRows(state, [row]));
  // It had been saved before the oldest message here: shown with its neighbors, when that page is fetched, and until then only known.
  return { ...dropLive(state, row), seqs: new Map(state.seqs).set(messageId(row), row.seq) };
}

/** Whether the database is known to have rows that are missing here. */
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

/** Whether the rows of `after` are another database's than those of `before`: it was set back to an older copy in between. */
export function wasRestored(before: TimelineState, after: TimelineState): boolean {
  return before.contiguous !== null && (after.contiguous === null || isOther(before.epoch, after.epoch));
}

function isOther(known: string | null, told: string | null): boolean {
  return known !== null && told !== null && known !== told;
}

function takePage(known: TimelineState, query: PageQuery, page: MessagesPage): TimelineState {
  const epoch = page.epoch ?? known.epoch;
  // The database was set back to an older copy: what it has lost is not saved any more, and its numbers are given anew.
  const anew = isOther(known.epoch, epoch) || ('afterSeq' in query && page.lastSeq < query.afterSeq);
  const state = anew ? { ...EMPTY_TIMELINE, live: known.live, epoch } : { ...known, epoch };
  // It was asked for by a number of the other one.
  if (anew && !('newest' in query)) return state;
  const rows = page.messages.map(rowOf);
  const first = rows[0]?.seq;
  const last = rows.at(-1)?.seq;
  const next = { ...addRows(state, rows), receipts: maxReceipts(state.receipts, page.receipts) };
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

/** Rows are added or renewed, never taken away. */
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

/** Moves the contiguous end over every row that follows it without a gap. */
function advance(state: TimelineState): TimelineState {
  if (state.contiguous === null) return state;
  let end = state.contiguous;
  while (state.rows.has(end + 1)) end += 1;
  return end === state.contiguous ? state : { ...state, contiguous: end };
}

/** Receipts only grow; an answer that was overtaken by a newer one must not take a tick back. */
function maxReceipts(a: Receipts, b: Receipts): Receipts {
  const next = {
    clientDeliveredSeq: Math.max(a.clientDeliveredSeq, b.clientDeliveredSeq),
    clientReadSeq: Math.max(a.clientReadSeq, b.clientReadSeq),
    operatorDeliveredSeq: Math.max(a.operatorDeliveredSeq, b.operatorDeliveredSeq),
    operatorReadSeq: Math.max(a.operatorReadSeq, b.operatorReadSeq),
  };
  return next;
}
