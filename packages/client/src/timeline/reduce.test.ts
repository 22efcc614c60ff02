import assert from 'node:assert/strict';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { MessagesPage, MessageView } from '@switchboard/protocol/types';

import { messageId } from '../model/message-id.ts';
import { isBehind, reduceTimeline } from './reduce.ts';
import { EMPTY_TIMELINE, rowOf } from './state.ts';
import type { LiveMessage, PageQuery, SavedRow, TimelineEvent, TimelineState } from './state.ts';
import { viewTimeline } from './view.ts';
import type { LocalMessage, Side } from './view.ts';

const VISITOR: Side = { kind: 'client' };
const START = Date.parse('2026-11-23T08:00:00.000Z');
const at = (ms: number) => new Date(START + ms).toISOString();

interface Sent {
  readonly key: string;
  readonly own: boolean;
  /** Milliseconds after the start. */
  readonly sentMs: number;
}

function viewOf(message: Sent, seq: number): MessageView {
  return {
    id: 1_000 + seq,
    messageKey: message.key,
    seq,
    clientId: 1,
    senderType: message.own ? 'CLIENT' : 'OPERATOR',
    messageType: 'TEXT',
    text: `text of ${message.key}`,
    imageUrl: null,
    imageName: null,
    mimeType: null,
    imageWidth: null,
    imageHeight: null,
    operatorId: message.own ? null : 7,
    operatorName: message.own ? null : 'Grace',
    isRead: false,
    readAt: null,
    createdAt: at(message.sentMs),
  };
}

function pageOf(rows: readonly MessageView[], query: PageQuery, limit: number): MessagesPage {
  const wanted = rows.filter(
    (row) => !('afterSeq' in query && row.seq <= query.afterSeq) && !('beforeSeq' in query && row.seq >= query.beforeSeq),
  );
  const messages = 'afterSeq' in query ? wanted.slice(0, limit) : wanted.slice(-limit);
  const receipts = { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 };
  return { messages, lastSeq: rows.length, hasMore: wanted.length > messages.length, receipts, endedAt: null };
}

const contentOf = (message: Sent): LiveMessage => ({ ...rowOf(viewOf(message, 1)), keyed: true });
const local = (message: Sent): LocalMessage => ({ ...contentOf(message), failure: null, uploadProgress: null });

/** One conversation, with its database and its events, driven step by step; the client's view is checked after each step. */
class World {
  readonly rows: MessageView[] = [];
  outbox: Sent[] = [];
  state: TimelineState = EMPTY_TIMELINE;
  readonly #savedOrder: string[] = [];
  /** Events in flight to the client, for as long as the schedule delays them. */
  readonly flying: (() => TimelineEvent)[] = [];

  apply(event: TimelineEvent): void {
    this.state = reduceTimeline(this.state, event);
    this.check();
  }

  view() {
    return viewTimeline(this.state, this.outbox.map(local), VISITOR, []);
  }

  check(): void {
    const view = this.view();
    const keys = view.map((message) => message.key);
    assert.equal(new Set(keys).size, keys.length, 'no key twice');
    const saved = view.filter((message) => message.seq !== null).map((message) => message.key);
    // No message that was shown as saved has disappeared, and the order is unchanged.
    assert.deepEqual(
      saved.filter((key) => this.#savedOrder.includes(key)),
      this.#savedOrder,
      'saved messages stay, in their order',
    );
    this.#savedOrder.splice(0, this.#savedOrder.length, ...saved);
  }

  fetch(limit: number): void {
    const query: PageQuery = this.state.contiguous === null ? { newest: true } : { afterSeq: this.state.contiguous };
    const page = pageOf(this.rows, query, limit);
    this.flying.push(() => ({ type: 'page', query, page }));
  }

  send(message: Sent): void {
    if (message.own) this.outbox.push(message);
    else this.flying.push(() => ({ type: 'live', message: contentOf(message) }));
  }

  commit(message: Sent): void {
    const row = viewOf(message, this.rows.length + 1);
    this.rows.push(row);
    if (!message.own) return;
    const saved: SavedRow = { ...rowOf(row), operatorName: null };
    this.flying.push(() => ({ type: 'saved', row: saved }));
  }

  land(index: number): void {
    const [event] = this.flying.splice(index % Math.max(1, this.flying.length), 1);
    if (event === undefined) return;
    const happened = event();
    this.apply(happened);
    if (happened.type === 'saved') this.outbox = this.outbox.filter((message) => message.key !== happened.row.key);
    this.check();
  }

  /** Catches up without any further faults. */
  heal(limit: number): void {
    while (this.flying.length > 0) this.land(0);
    for (let round = 0; round < 100; round += 1) {
      const query: PageQuery = this.state.contiguous === null ? { newest: true } : { afterSeq: this.state.contiguous };
      const before = this.state.contiguous;
      this.apply({ type: 'page', query, page: pageOf(this.rows, query, limit) });
      if (this.state.contiguous === before && !isBehind(this.state)) break;
    }
    while (this.state.hasOlder && this.state.oldest !== null) {
      const query: PageQuery = { beforeSeq: this.state.oldest };
      this.apply({ type: 'page', query, page: pageOf(this.rows, query, limit) });
    }
  }
}

type Step =
  | { readonly do: 'send'; readonly own: boolean; readonly delayMs: number }
  | { readonly do: 'commit' | 'land' | 'again'; readonly pick: number }
  | { readonly do: 'fetch' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send'), own: fc.boolean(), delayMs: fc.integer({ min: -3_000, max: 3_000 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('commit', 'land'), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again'), pick: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fetch') }) },
);

function run(world: World, steps: readonly Step[], limit: number): void {
  const sent: Sent[] = [];
  const uncommitted: Sent[] = [];
  for (const [index, next] of steps.entries()) {
    if (next.do === 'send') {
      const message = { key: `key-${index}`, own: next.own, sentMs: index * 500 + next.delayMs };
      sent.push(message);
      uncommitted.push(message);
      world.send(message);
    } else if (next.do === 'fetch') world.fetch(limit);
    else if (next.do === 'land') world.land(next.pick);
    else if (next.do === 'commit') {
      const [message] = uncommitted.splice(next.pick % Math.max(1, uncommitted.length), 1);
      if (message !== undefined) world.commit(message);
    } else {
      // The same live event again, perhaps long after its row.
      const message = sent[next.pick % Math.max(1, sent.length)];
      if (message?.own === false) world.apply({ type: 'live', message: contentOf(message) });
    }
    world.check();
  }
  for (const message of uncommitted) world.commit(message);
}

describe('reduceTimeline', () => {
  it('reaches the fresh state for every order of events, without duplicates and without losing or moving a saved message', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (steps, limit) => {
        const world = new World();
        run(world, steps, limit);
        world.heal(limit);
        const fresh = reduceTimeline(EMPTY_TIMELINE, {
          type: 'page',
          query: { newest: true },
          page: pageOf(world.rows, { newest: true }, 10_000),
        });
        expect(world.view()).toEqual(viewTimeline(fresh, [], VISITOR, []));
        expect(world.state.live.size).toBe(0);
        expect(world.state.contiguous).toBe(world.rows.length);
      }),
      { numRuns: 500 },
    );
  });

  it('detects a gap when a save is answered with a number beyond the next, and closes it', () => {
    const rows = [1, 2, 3, 4].map((seq) => viewOf({ key: `k${seq}`, own: seq === 4, sentMs: seq }, seq));
    let state = reduceTimeline(EMPTY_TIMELINE, {
      type: 'page',
      query: { newest: true },
      page: pageOf(rows.slice(0, 2), { newest: true }, 50),
    });
    expect(isBehind(state)).toBe(false);
    state = reduceTimeline(state, { type: 'saved', row: rowOf(rows[3]!) });
    expect(state.contiguous).toBe(2);
    expect(isBehind(state)).toBe(true);
    state = reduceTimeline(state, { type: 'page', query: { afterSeq: 2 }, page: pageOf(rows, { afterSeq: 2 }, 1) });
    expect(state.contiguous).toBe(4);
    expect(isBehind(state)).toBe(false);
  });

  it('shows an old saved message only together with its page, and knows meanwhile that it is saved', () => {
    const rows = [1, 2, 3, 4, 5].map((seq) => viewOf({ key: `k${seq}`, own: true, sentMs: seq }, seq));
    const newest = { newest: true } as const;
    let state = reduceTimeline(EMPTY_TIMELINE, { type: 'page', query: newest, page: pageOf(rows, newest, 2) });
    state = reduceTimeline(state, { type: 'saved', row: rowOf(rows[0]!) });
    expect([...state.rows.keys()]).toEqual([4, 5]);
    expect(state.seqs.get(messageId(rowOf(rows[0]!)))).toBe(1);
    const query = { beforeSeq: 4 };
    state = reduceTimeline(state, { type: 'page', query, page: pageOf(rows, query, 50) });
    expect([...state.rows.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  });

  it('starts over when a backup has been restored', () => {
    const rows = [1, 2, 3].map((seq) => viewOf({ key: `k${seq}`, own: false, sentMs: seq }, seq));
    const full = reduceTimeline(EMPTY_TIMELINE, { type: 'page', query: { newest: true }, page: pageOf(rows, { newest: true }, 50) });
    const query = { afterSeq: 3 };
    const state = reduceTimeline(full, { type: 'page', query, page: pageOf(rows.slice(0, 1), query, 50) });
    expect(state.contiguous).toBeNull();
    expect(state.rows.size).toBe(0);
  });

  it('never reverts a status', () => {
    const rows = [viewOf({ key: 'k1', own: true, sentMs: 1 }, 1)];
    const page = pageOf(rows, { newest: true }, 50);
    const read = { ...page, receipts: { ...page.receipts, operatorReadSeq: 1 } };
    let state = reduceTimeline(EMPTY_TIMELINE, { type: 'page', query: { newest: true }, page: read });
    state = reduceTimeline(state, { type: 'page', query: { afterSeq: 1 }, page: { ...page, messages: [] } });
    expect(viewTimeline(state, [], VISITOR, [])[0]?.status).toBe('read');
  });
});
