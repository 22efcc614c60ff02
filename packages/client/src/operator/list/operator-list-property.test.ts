import type { ChangeKind } from '@switchboard/protocol/types';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { ListView } from '../../model/types.ts';
import type { FakeClient } from '../../testing/fake-list.ts';
import { FakeServer } from '../../testing/fake-server.ts';
import { startFakeTime, openFakeTimeConsole, advanceTime, settle } from '../../testing/fake-time-console.ts';
import type { FakeTimeConsole } from '../../testing/fake-time-console.ts';

const GRACE = { operatorId: 7, name: 'Grace' };
const ALAN = { operatorId: 8, name: 'Alan' };
const VISITORS = 64;
const VIEWS: readonly ListView[] = ['waiting', 'open', 'done'];

beforeEach(startFakeTime);
afterEach(() => vi.useRealTimers());

/** What happens to which visitor; `more` chooses one of several ways. */
interface Step {
  readonly what:
    | 'writes'
    | 'is answered'
    | 'is read'
    | 'is blocked'
    | 'is done'
    | 'ends'
    | 'moves'
    | 'is looked at'
    | 'types'
    | 'view'
    | 'more'
    | 'time'
    | 'wakes'
    | 'answer';
  readonly visitor: number;
  readonly more: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    'writes',
    'writes',
    'is answered',
    'is read',
    'is blocked',
    'is done',
    'ends',
    'moves',
    'is looked at',
    'types',
    'view',
    'more',
    'time',
    'time',
    'wakes',
    'answer',
  ),
  visitor: fc.integer({ min: 1, max: VISITORS }),
  more: fc.nat(5),
});

/** The server, and what its hints say. */
interface Surroundings {
  readonly isOld: boolean;
  /** `lost`: none arrives, so that only a fetch of the list shows what has happened. */
  readonly hints: 'say what' | 'do not say what' | 'are lost';
}

const surroundings: fc.Arbitrary<Surroundings> = fc.constantFrom<Surroundings>(
  { isOld: false, hints: 'say what' },
  { isOld: false, hints: 'do not say what' },
  { isOld: false, hints: 'are lost' },
  { isOld: true, hints: 'do not say what' },
);

/** A system whose answers and hints arrive when a test lets them, in whatever order. */
class World {
  readonly server = new FakeServer();
  readonly #hintsSay: Surroundings['hints'];
  readonly #held: (() => void)[] = [];
  readonly #hints: (() => void)[] = [];
  readonly #looking = new Map<number, () => void>();
  #holding = false;
  /** Rows that the server has left out of its answers, because the console had them. */
  unchanged = 0;
  console!: FakeTimeConsole;

  constructor({ isOld, hints }: Surroundings) {
    this.server.isOld = isOld;
    this.#hintsSay = hints;
  }

  async open(): Promise<void> {
    for (let n = 1; n <= VISITORS; n += 1) {
      const client = this.server.addClient(`Visitor ${n}`);
      if (n % 7 !== 0) this.server.commit(client.id, { text: 'Hello', sentAt: new Date(Date.now() - n * 60_000).toISOString() });
      if (n % 3 === 0) this.#answer(client.id);
    }
    await advanceTime(5_000, 5_000);
    const fetch = this.server.fetchAs(GRACE);
    // Delayed before and after the server: the answer is of some moment in between.
    this.console = openFakeTimeConsole(this.server, GRACE, async (path, init) => {
      await this.#hold();
      const answer = await fetch(path, init);
      if (path.startsWith('/api/chat/recent')) this.unchanged += ((await answer.clone().text()).match(/"unchanged":true/g) ?? []).length;
      await this.#hold();
      return answer;
    });
    const sendHint = (event: string, payload: object) => {
      if (this.#hintsSay !== 'are lost') this.#hints.push(() => this.console.socket.receive(event, payload));
    };
    const changed = ({ address, rows }: FakeClient, kind: ChangeKind) => {
      const what = this.#hintsSay === 'say what' ? { what: [kind, 'a kind of a later version'] } : {};
      const visitorChanged = kind === 'messages' ? {} : { visitorChanged: true };
      sendHint('conversationChanged', { clientId: address, lastSeq: rows.length, ...visitorChanged, ...what });
    };
    this.server.onCommit = (client) => changed(client, 'messages');
    this.server.onVisitorChanged = changed;
    this.server.onReceipts = ({ address, receipts }, by) =>
      sendHint('messagesSeen', { clientId: address, by, deliveredSeq: receipts[`${by}DeliveredSeq`], readSeq: receipts[`${by}ReadSeq`] });
    await settle();
    this.#holding = true;
  }

  async do({ what, visitor, more }: Step): Promise<void> {
    const client = this.server.clients.get(visitor);
    if (client === undefined) return;
    const asAlan = (path: string, body: object) =>
      this.server.fetchAs(ALAN)(path, { method: 'POST', body: JSON.stringify({ clientId: visitor, ...body }) });
    if (what === 'writes' && client.blockedAt === null) this.#write(visitor, more);
    if (what === 'is answered') this.#answer(visitor);
    if (what === 'is read') await asAlan('/api/chat/receipts', { readSeq: client.rows.length - (more % 2) });
    if (what === 'is blocked') await asAlan('/api/chat/block', { blocked: more > 2 });
    if (what === 'is done') await asAlan('/api/chat/done', { done: more > 1 });
    if (what === 'ends') await asAlan('/api/chat/end', {});
    if (what === 'moves') this.server.move(visitor, `https://shop.example/${more}`);
    if (what === 'wakes') this.console.tab.wake();
    if (what === 'is looked at') this.#look(visitor);
    if (what === 'types') this.console.socket.receive('clientTyping', { from: client.address, isTyping: true });
    if (what === 'view') this.console.chat.setView(VIEWS[more % 3] ?? 'open');
    if (what === 'more') void this.console.chat.loadMore();
    if (what === 'time') await advanceTime((more + 1) * 120, 120);
    if (what === 'answer') {
      for (const release of this.#held.splice(more % Math.max(1, this.#held.length), 2)) release();
      for (const deliver of this.#hints.splice(0, more)) deliver();
    }
    await settle();
  }

  /** Everything that is on its way arrives, and nothing new happens. */
  async calmDown(): Promise<void> {
    this.#holding = false;
    if (this.#hintsSay === 'are lost') this.console.tab.wake();
    for (const deliver of this.#hints.splice(0).toReversed()) deliver();
    for (let round = 0; round < 4; round += 1) {
      for (const release of this.#held.splice(0)) release();
      await advanceTime(900, 150);
      for (const deliver of this.#hints.splice(0)) deliver();
    }
  }

  close(): void {
    for (const stop of this.#looking.values()) stop();
    this.console.chat.close();
    this.console.tab.kill();
  }

  stopLooking(): void {
    for (const stop of this.#looking.values()) stop();
    this.#looking.clear();
  }

  /** The relay brings it before it is saved, afterwards, or never. */
  #write(visitor: number, more: number): void {
    const address = this.server.clients.get(visitor)?.address ?? '';
    const messageKey = this.console.tab.uuid();
    const sentAt = new Date(Date.now() - (more === 5 ? 3_600_000 : 0)).toISOString();
    const live = () =>
      this.console.socket.receive('incomingMessage', { from: address, type: 'text', message: messageKey, messageKey, timestamp: sentAt });
    if (more < 2) live();
    this.server.commit(visitor, { text: messageKey, messageKey, sentAt });
    if (more === 2) live();
    if (more === 3) this.#hints.push(live);
  }

  #answer(visitor: number): void {
    this.server.commit(visitor, { text: 'Yes', senderType: 'OPERATOR', operatorId: ALAN.operatorId, operatorName: ALAN.name });
  }

  #look(visitor: number): void {
    this.stopLooking();
    this.#looking.set(
      visitor,
      this.console.chat.conversation(visitor).subscribe(() => undefined),
    );
  }

  async #hold(): Promise<void> {
    if (!this.#holding) return;
    await new Promise<void>((resolve) => {
      this.#held.push(resolve);
    });
  }
}

/** The rows without the pages of their visitors, which only a request for a single row has. */
function rowsOf({ chat }: FakeTimeConsole) {
  return chat.getSnapshot().conversations.map(({ pages: _pages, typing: _typing, ...row }) => row);
}

it(
  'the list ends with what a fresh load shows, whatever arrived in which order, and whatever the server can do',
  { timeout: 300_000 },
  async () => {
    let unchanged = 0;
    await fc.assert(
      fc.asyncProperty(surroundings, fc.array(step, { minLength: 5, maxLength: 40 }), async (around, steps) => {
        const world = new World(around);
        await world.open();
        try {
          for (const one of steps) await world.do(one);
          await world.calmDown();
          world.stopLooking();
          await world.calmDown();
          const { view, waiting, hasMore } = world.console.chat.getSnapshot();
          const fresh = openFakeTimeConsole(world.server, GRACE);
          fresh.chat.setView(view);
          await settle();
          while (fresh.chat.getSnapshot().hasMore) await Promise.all([fresh.chat.loadMore(), settle()]);
          const all = rowsOf(fresh);
          const rows = rowsOf(world.console);
          expect(rows).toEqual(all.slice(0, rows.length));
          expect(rows.length < all.length).toBe(hasMore);
          expect(waiting).toBe(fresh.chat.getSnapshot().waiting);
          fresh.chat.close();
          fresh.tab.kill();
          unchanged += world.unchanged;
        } finally {
          world.close();
        }
      }),
      {
        numRuns: 100,
        // The count of those who wait was requested before a live message and answered after it, and was not requested again.
        examples: [
          [
            { isOld: false, hints: 'do not say what' },
            [
              ...[3, 1, 1, 1].map((visitor) => ({ what: 'writes', visitor, more: 0 }) as const),
              { what: 'is answered', visitor: 3, more: 0 },
              { what: 'writes', visitor: 6, more: 0 },
            ],
          ],
        ],
      },
    );
    expect(unchanged).toBeGreaterThan(1_000);
  },
);
