import { expect, it } from 'vitest';

import { messageId } from '../model/message-id.ts';
import type { TimelineMessage } from '../model/types.ts';
import { EMPTY_TIMELINE } from '../timeline/state.ts';
import type { SavedRow, TimelineState } from '../timeline/state.ts';
import { viewTimeline } from '../timeline/view.ts';
import { ReadState } from './read-state.ts';

const SIDE = { kind: 'operator', operatorId: 1 } as const;

function row(seq: number, senderType: 'CLIENT' | 'OPERATOR' = 'CLIENT', createdAt = seq): SavedRow {
  const at = new Date(Date.UTC(2026, 10, 30, 10, createdAt)).toISOString();
  return { key: `m${seq}`, seq, senderType, operatorId: null, operatorName: null, body: { type: 'text', text: `${seq}` }, createdAt: at };
}
const id = (...seqs: number[]) => seqs.map((seq) => messageId({ senderType: 'CLIENT', key: `m${seq}` }));

function stateOf(rows: readonly SavedRow[], contiguous: number, more: Partial<TimelineState> = {}): TimelineState {
  const byNumber = new Map(rows.map((one) => [one.seq, one]));
  return { ...EMPTY_TIMELINE, rows: byNumber, contiguous, oldest: Math.min(...byNumber.keys()), ...more };
}
const shown = (state: TimelineState): readonly TimelineMessage[] => viewTimeline(state, [], SIDE, []);
const update = (reading: ReadState, state: TimelineState) => reading.update(shown(state), state);

/** The read state of a conversation on the screen; its log shows `inView`. */
function opened(state: TimelineState, inView: readonly string[] = []): ReadState {
  const reading = new ReadState(SIDE);
  reading.setVisible(true);
  reading.setOpen(true);
  update(reading, state);
  reading.placeDivider(shown(state));
  reading.setView({ inView, outOfView: [], following: true });
  return reading;
}

it('the read watermark stops at a gap and at an unread message', () => {
  const beyond = stateOf([row(1), row(3)], 1);
  const reading = opened(beyond);
  reading.markSeen(id(1, 3));
  expect(update(reading, beyond)).toEqual({ deliveredSeq: 1, readSeq: 1 });
  expect(reading.shown().unread).toEqual([]);
  const filled = stateOf([row(1), row(2), row(3), row(4)], 4);
  expect(update(reading, filled)).toEqual({ deliveredSeq: 4, readSeq: 1 });
  expect(reading.shown().unread).toEqual(id(2, 4));
  reading.markSeen(id(2));
  expect(update(reading, filled)).toEqual({ deliveredSeq: 4, readSeq: 3 });
});

it('the read watermark passes messages of this side, and reports only messages of the other side', () => {
  const state = stateOf([row(1), row(2, 'OPERATOR'), row(3), row(4, 'OPERATOR')], 4);
  const reading = opened(state);
  reading.markSeen(id(1, 3));
  expect(update(reading, state)).toEqual({ deliveredSeq: 3, readSeq: 3 });
});

it('the read watermark does not pass messages that are not loaded: they may be unread', () => {
  const newest = stateOf([row(51), row(52)], 52, { hasOlder: true });
  const reading = opened(newest);
  expect(reading.reachesBack(newest)).toBe(true);
  reading.markSeen(id(51, 52));
  expect(update(reading, newest)).toEqual({ deliveredSeq: 52, readSeq: 0 });
  const known = { ...newest, receipts: { ...newest.receipts, operatorReadSeq: 50 } };
  expect(update(reading, known).readSeq).toBe(52);
  expect(reading.reachesBack(known)).toBe(false);
});

it('what only a colleague has read is unread for this operator, until they have seen it themselves', () => {
  const state = stateOf([row(1), row(2), row(3)], 3, { receipts: { ...EMPTY_TIMELINE.receipts, operatorReadSeq: 3 }, ownReadSeq: 1 });
  const reading = opened(state, id(2));
  expect(reading.shown()).toMatchObject({ firstUnreadKey: 'm2', unread: id(2, 3) });
  reading.markSeen(id(2));
  expect(update(reading, state).readSeq).toBe(2);
  reading.markSeen(id(3));
  expect(update(reading, state).readSeq).toBe(3);
});

it('a message that was seen before it had a number counts as read once it has one', () => {
  const live = { ...row(2), keyed: true };
  const before = stateOf([row(1)], 1, { live: new Map([[messageId(live), live]]) });
  const reading = opened(before);
  reading.markSeen(id(1, 2));
  expect(update(reading, before)).toEqual({ deliveredSeq: 1, readSeq: 1 });
  expect(reading.shown().unread).toEqual([]);
  expect(update(reading, stateOf([row(1), row(2)], 2))).toEqual({ deliveredSeq: 2, readSeq: 2 });
});

it('the divider stays before the first unread message, and moves only when a message arrives out of view', () => {
  const state = stateOf([row(1), row(2)], 2, { receipts: { ...EMPTY_TIMELINE.receipts, operatorReadSeq: 1 } });
  const reading = opened(state, id(2));
  expect(reading.shown().firstUnreadKey).toBe('m2');
  reading.markSeen(id(2));
  update(reading, state);
  expect(reading.shown().firstUnreadKey).toBe('m2');
  // In view of a person.
  const next = stateOf([row(1), row(2), row(3)], 3);
  reading.setView({ inView: id(3), outOfView: [], following: true });
  update(reading, next);
  expect(reading.shown().firstUnreadKey).toBe('m2');
  reading.markSeen(id(3));
  // Sent long ago and received only now: above the messages in view.
  const late = stateOf([row(1), row(2), row(3), row(4, 'CLIENT', 0)], 4);
  update(reading, late);
  reading.setView({ inView: [], outOfView: id(4), following: true });
  expect(update(reading, late).readSeq).toBe(3);
  expect(reading.shown().firstUnreadKey).toBe('m4');
  reading.markSeen(id(4));
  update(reading, late);
  // Nobody is looking.
  reading.setVisible(false);
  update(reading, stateOf([row(1), row(2), row(3), row(4, 'CLIENT', 0), row(5)], 5));
  expect(reading.shown().firstUnreadKey).toBe('m5');
});

it('the divider stays while a person reads on from it, until a message arrives out of view', () => {
  const rows = [1, 2, 3, 4, 5].map((seq) => row(seq));
  const state = stateOf(rows, 5);
  const reading = opened(state);
  reading.setView({ inView: id(1, 2), outOfView: id(3, 4, 5), following: false });
  expect(reading.shown().firstUnreadKey).toBe('m1');
  reading.markSeen(id(1, 2));
  update(reading, state);
  expect(reading.shown()).toMatchObject({ firstUnreadKey: 'm1', unread: id(3, 4, 5) });
  const more = stateOf([...rows, row(6)], 6);
  reading.setView({ inView: id(1, 2), outOfView: id(3, 4, 5, 6), following: false });
  update(reading, more);
  expect(reading.shown().firstUnreadKey).toBe('m3');
});

it('no message is in view while the conversation is off the screen or nobody is looking', () => {
  const reading = opened(stateOf([row(1)], 1), id(1));
  expect(reading.inView()).toEqual(id(1));
  reading.setVisible(false);
  expect(reading.inView()).toEqual([]);
  reading.setVisible(true);
  reading.setOpen(false);
  expect(reading.inView()).toEqual([]);
});
