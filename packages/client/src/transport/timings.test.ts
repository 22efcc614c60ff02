import type { NewMessage } from '@switchboard/protocol/types';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Outbox } from '../outbox/outbox.ts';
import { createServerClock } from '../platform/server-clock.ts';
import { createTab } from '../testing/fake-effects.ts';
import {
  closeServers,
  eventually,
  newBrowser,
  openOperator,
  openServers,
  relay,
  seenBy,
  server,
  startVisitor,
  statuses,
} from '../testing/open-chats.ts';
import { entry, picture } from '../testing/open-outbox.ts';
import { createHttp } from './http.ts';

const MINUTE = 60_000;

interface Report {
  readonly relayed: number[];
  readonly saved: number[];
  readonly outboxAge?: number;
}

describe('timings', () => {
  let reports: Report[];
  let requests: RequestInit[];
  let answer: () => Promise<Response>;
  const renew = vi.fn<() => Promise<boolean>>();

  function open() {
    const tab = createTab({
      fetch: async (_path, init) => {
        requests.push(init);
        reports.push(JSON.parse(init.body as string) as Report);
        return await answer();
      },
    });
    const http = createHttp(
      tab,
      createServerClock(() => Date.now()),
      { headers: () => ({ authorization: 'Bearer v1' }), renew },
    );
    return { tab, timings: http.timings };
  }
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  const sent = (ms: number, more: Partial<NewMessage> = {}): NewMessage => ({
    messageKey: 'k',
    messageType: 'TEXT',
    sentAt: ago(ms),
    ...more,
  });

  beforeEach(() => {
    vi.useFakeTimers();
    [reports, requests] = [[], []];
    answer = async () => await Promise.resolve(Response.json({}, { status: 202 }));
    renew.mockReset();
  });
  afterEach(() => vi.useRealTimers());

  it('are reported together after a minute, and never without messages', async () => {
    const { timings } = open();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    timings.relayed(entry('a', { createdAt: ago(30) }));
    timings.saved([sent(100), sent(200)]);
    await vi.advanceTimersByTimeAsync(MINUTE - 1);
    expect(reports).toEqual([]);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(reports).toEqual([{ relayed: [30], saved: [100, 200] }]);
  });

  it('are reported when the page is left, in a request that outlives it', () => {
    const { tab, timings } = open();
    timings.saved([sent(100)]);
    tab.leave();
    tab.leave();
    expect(reports).toEqual([{ relayed: [], saved: [100] }]);
    expect(requests).toMatchObject([{ keepalive: true }]);
  });

  it('leave out pictures and messages that are saved on behalf of somebody else', async () => {
    const { timings } = open();
    timings.relayed(entry('', { body: picture() }));
    timings.saved([sent(100, { messageType: 'IMAGE' }), sent(9_000, { senderType: 'CLIENT' })]);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(reports).toEqual([]);
  });

  it('are limited to a hundred of each kind', async () => {
    const { timings } = open();
    timings.saved(Array.from({ length: 150 }, () => sent(5)));
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(reports[0]?.saved).toHaveLength(100);
  });

  it('include the age of the oldest waiting message while one waits', async () => {
    const { timings } = open();
    const stored = (failure: string | null, ms: number) => ({ ...entry('x', { createdAt: ago(ms) }), failure });
    let entries = [stored('refused for good', 99_999), stored(null, 5_000)];
    let tell = () => undefined as void;
    const outbox = {
      entries: () => entries,
      onChange: (listener: () => void) => {
        tell = listener;
      },
    };
    timings.watch(outbox as unknown as Outbox);
    tell();
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(reports.map(({ outboxAge }) => outboxAge)).toEqual([65_000, 125_000]);
    entries = [];
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(reports).toHaveLength(2);
  });

  it.each([
    ['the server is away', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['it does not take them', () => Promise.resolve(Response.json({ error: { code: 'unauthenticated' } }, { status: 401 }))],
    ['it never answers', () => new Promise<Response>(() => undefined)],
  ])('are forgotten when %s', async (_what, outcome) => {
    answer = outcome;
    const { timings } = open();
    timings.saved([sent(100)]);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(reports).toHaveLength(1);
    expect(renew).not.toHaveBeenCalled();
  });

  it('are reported once more on close, and never afterward', async () => {
    const { tab, timings } = open();
    timings.saved([sent(100)]);
    timings.close();
    expect(reports).toHaveLength(1);
    timings.saved([sent(100)]);
    tab.leave();
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(reports).toHaveLength(1);
  });
});

describe('in a conversation', () => {
  beforeEach(openServers);
  afterEach(closeServers);

  const reported = () => server.requests.filter(({ path }) => path === '/api/chat/timings');

  it('both sides report the relay and save times of their own messages, once', async () => {
    const visitor = await startVisitor(newBrowser());
    const operator = openOperator();
    await eventually(() => expect(operator.chat.getSnapshot().connection).toBe('connected'));
    await visitor.chat.conversation?.sendText('Hello?');
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['sent']));
    await eventually(() => expect(seenBy(operator.chat)).toEqual(['Hello?']));
    await operator.chat.conversation(1).sendText('Hi');
    await eventually(() => expect(server.clients.get(1)?.rows).toHaveLength(2));
    await eventually(() => expect(relay.received.filter(({ event }) => event === 'operatorMessage')).toHaveLength(1));
    const both = async () => {
      visitor.tab.leave();
      operator.tab.leave();
      await new Promise((resolve) => setImmediate(resolve));
      for (const isVisitor of [true, false]) {
        const bodies = reported()
          .filter(({ actor }) => actor !== null && 'clientId' in actor === isVisitor)
          .map(({ body }) => body as unknown as Report);
        expect(bodies.flatMap(({ relayed }) => relayed)).toHaveLength(1);
        expect(bodies.flatMap(({ saved }) => saved)).toHaveLength(1);
        for (const ms of bodies.flatMap(({ relayed, saved }) => relayed.concat(saved))) expect(Math.abs(ms)).toBeLessThan(10 * MINUTE);
      }
    };
    await vi.waitFor(both);
  });

  it('a visitor who ends it reports before', async () => {
    const { chat } = await startVisitor(newBrowser());
    await chat.conversation?.sendText('Bye');
    await eventually(() => expect(statuses(chat)).toEqual(['sent']));
    await chat.end();
    await eventually(() => expect(reported()).toMatchObject([{ actor: { clientId: 1 }, body: { saved: [expect.any(Number)] } }]));
  });
});
