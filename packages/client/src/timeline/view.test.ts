import { describe, expect, it, vi } from 'vitest';

import { reduceTimeline } from './reduce.ts';
import { EMPTY_TIMELINE } from './state.ts';
import type { LiveMessage, SavedRow, TimelineState } from './state.ts';
import { viewTimeline } from './view.ts';
import type { LocalMessage, Side } from './view.ts';

const VISITOR: Side = { kind: 'client' };
const GRACE: Side = { kind: 'operator', operatorId: 7 };
const at = (seconds: number) => new Date(Date.parse('2026-11-23T08:00:00.000Z') + seconds * 1_000).toISOString();

const live = (key: string, seconds: number, more: Partial<LiveMessage> = {}): LiveMessage => ({
  key,
  keyed: true,
  senderType: 'OPERATOR',
  operatorId: 7,
  operatorName: 'Grace',
  body: { type: 'text', text: `text ${key}` },
  createdAt: at(seconds),
  ...more,
});
const row = (key: string, seq: number, seconds: number, more: Partial<SavedRow> = {}): SavedRow => {
  const { keyed: _keyed, ...content } = live(key, seconds);
  return { ...content, ...more, seq };
};
const local = (key: string, seconds: number, more: Partial<LocalMessage> = {}): LocalMessage => ({
  ...row(key, 0, seconds, { senderType: 'CLIENT', operatorId: null, operatorName: null }),
  failure: null,
  uploadProgress: null,
  ...more,
});

function stateOf(rows: readonly SavedRow[], lives: readonly LiveMessage[] = []): TimelineState {
  let state: TimelineState = { ...EMPTY_TIMELINE, contiguous: 0 };
  for (const saved of rows) state = reduceTimeline(state, { type: 'saved', row: saved });
  for (const message of lives) state = reduceTimeline(state, { type: 'live', message });
  return state;
}

describe('viewTimeline', () => {
  it('orders saved and unsaved messages by time of sending, then by number', () => {
    const state = stateOf([row('b', 2, 3), row('a', 3, 1), row('c', 1, 3)], [live('d', 2)]);
    const view = viewTimeline(state, [local('e', 4)], VISITOR, []);
    expect(view.map((message) => message.key)).toEqual(['a', 'd', 'c', 'b', 'e']);
  });

  it('keeps the objects of messages that have not changed', () => {
    const before = viewTimeline(stateOf([row('a', 1, 1), row('b', 2, 2)]), [], VISITOR, []);
    const after = viewTimeline(stateOf([row('a', 1, 1), row('b', 2, 2), row('c', 3, 3)]), [], VISITOR, before);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
  });

  it('shows the status of own messages only', () => {
    const mine = { senderType: 'CLIENT', operatorId: null, operatorName: null } as const;
    const state = {
      ...stateOf([row('a', 1, 1, mine), row('b', 2, 2, mine), row('c', 3, 3, mine), row('d', 4, 4)]),
      receipts: { clientDeliveredSeq: 4, clientReadSeq: 4, operatorDeliveredSeq: 2, operatorReadSeq: 1 },
    };
    const view = viewTimeline(state, [local('e', 5), local('f', 6, { failure: 'No.' })], VISITOR, []);
    expect(view.map((message) => message.status)).toEqual(['read', 'delivered', 'sent', null, 'sending', 'failed']);
    expect(view.at(-1)?.failure).toBe('No.');
  });

  it("distinguishes an operator's own messages from a colleague's", () => {
    const state = stateOf([row('a', 1, 1), row('b', 2, 2, { operatorId: 8, operatorName: 'Alan' })], [live('c', 3)]);
    const view = viewTimeline(state, [], GRACE, []);
    expect(view.map((message) => [message.own, message.status])).toEqual([
      [true, 'sent'],
      [false, null],
      [true, 'sending'],
    ]);
  });

  it('matches a message without a key with a row of the same content, one row per message', () => {
    const hello = { body: { type: 'text', text: 'Hello' } } as const;
    const lives = [live('x', 10, { ...hello, keyed: false }), live('y', 12, { ...hello, keyed: false })];
    const one = viewTimeline(stateOf([row('r1', 1, 11, hello)], lives), [], VISITOR, []);
    expect(one.map((message) => message.key)).toEqual(['r1', 'y']);
    const both = viewTimeline(stateOf([row('r1', 1, 11, hello), row('r2', 2, 13, hello)], lives), [], VISITOR, []);
    expect(both.map((message) => message.key)).toEqual(['r1', 'r2']);
    const old = viewTimeline(stateOf([row('r0', 1, -3_600, hello)], lives), [], VISITOR, []);
    expect(old.map((message) => message.key)).toEqual(['r0', 'x', 'y']);
  });

  it('matches a thousand equal messages with a thousand rows in linear time', () => {
    const hello = { body: { type: 'text', text: 'Hello' } } as const;
    // Too far apart in time to match any of the rows.
    const lives = Array.from({ length: 1_000 }, (_, at) => live(`live ${at}`, 100_000 + at, { ...hello, keyed: false }));
    const rows = Array.from({ length: 1_000 }, (_, at) => row(`row ${at}`, at + 1, at, hello));
    const state = stateOf(rows, lives);
    const parse = vi.spyOn(Date, 'parse');
    const view = viewTimeline(state, [], VISITOR, []);
    const looks = parse.mock.calls.length;
    parse.mockRestore();
    expect(view).toHaveLength(2_000);
    expect(looks).toBeLessThan(5 * view.length);
  });

  it('shows a message once while it is in the outbox, on the relay and in the database', () => {
    const mine = { senderType: 'CLIENT', operatorId: null, operatorName: null } as const;
    const state = stateOf([row('a', 1, 1, mine)], [live('b', 2, mine)]);
    const view = viewTimeline(state, [local('a', 1), local('b', 2)], VISITOR, []);
    expect(view.map((message) => [message.key, message.status])).toEqual([
      ['a', 'sent'],
      ['b', 'sending'],
    ]);
  });
});
