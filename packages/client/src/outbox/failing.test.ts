import { afterEach, describe, expect, it, vi } from 'vitest';

import { BACKOFF_MAX_MS } from '../platform/backoff.ts';
import { FakeBrowser } from '../testing/fake-effects.ts';
import { closeTabs, createServer, entry, openOutbox, saves, start, storePrototype, texts } from '../testing/open-outbox.ts';

afterEach(closeTabs);

describe('a failing save', () => {
  it('is retried forever, with jitter, and reported until it works', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    const randoms = [0.9, 0.1, 0.5];
    let turn = 0;
    const { outbox } = await start(server, { random: () => randoms[turn++ % 3] ?? 0 });
    server.fault = () => ({ code: 'unavailable' });
    const times: number[] = [];
    await outbox.add(entry('one'));
    for (let ms = 0; ms < 300_000; ms += 250) {
      await vi.advanceTimersByTimeAsync(250);
      await new Promise((resolve) => setImmediate(resolve));
      if (saves(server).length > times.length) times.push(Date.now());
    }
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(times.length).toBeGreaterThan(10);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(BACKOFF_MAX_MS + 500);
    expect(new Set(gaps).size).toBeGreaterThan(3);
    expect(outbox.isFailing()).toBe(true);
    server.fault = () => undefined;
    await vi.advanceTimersByTimeAsync(BACKOFF_MAX_MS);
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
    expect(outbox.isFailing()).toBe(false);
    expect(texts(server)).toEqual(['one']);
  });

  it('waits as long as the server requests', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    server.fault = () => (saves(server).length === 1 ? { code: 'rate_limited', retryAfter: 20 } : undefined);
    const { outbox } = await start(server, { random: () => 0 });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(saves(server)).toHaveLength(1));
    await vi.waitFor(() => expect(outbox.isFailing()).toBe(true));
    await vi.advanceTimersByTimeAsync(10_000);
    // Not even when the page wakes up or another request succeeds.
    outbox.kick(true);
    await vi.advanceTimersByTimeAsync(9_500);
    expect(saves(server)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });

  it('is retried at once when the network came back during the failed attempt', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    const answer = server.fetchAs();
    const failures: (() => void)[] = [];
    let isThere = false;
    const fetch = async (path: string, init: RequestInit) =>
      isThere
        ? await answer(path, init)
        : await new Promise<Response>((_resolve, reject) => failures.push(() => reject(new TypeError('no network'))));
    // The longest possible delay, if there were one.
    const { outbox } = await start(server, { fetch, random: () => 0.999 });
    await outbox.add(entry('one'));
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await vi.waitFor(() => expect(failures).toHaveLength(attempt + 1));
      if (attempt < 4) {
        failures.at(-1)?.();
        await vi.advanceTimersByTimeAsync(BACKOFF_MAX_MS);
      }
    }
    isThere = true;
    outbox.kick(true);
    failures.at(-1)?.();
    await vi.advanceTimersByTimeAsync(10);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });

  it('is assumed after ten seconds without an answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    const answer = server.fetchAs();
    let hung = 0;
    const fetch = (path: string, init: RequestInit) => {
      hung += 1;
      if (hung > 1) return answer(path, init);
      return new Promise<Response>((_resolve, reject) => {
        init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      });
    };
    const { outbox } = await start(server, { fetch });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(hung).toBe(1));
    await vi.advanceTimersByTimeAsync(9_900);
    expect(outbox.isFailing()).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });

  it('that is refused for good sets the message aside, with its text and the reason, and goes on with the rest', async () => {
    const server = createServer();
    const { outbox } = openOutbox(server);
    await outbox.load();
    for (const text of ['one', 'FORBIDDEN word', 'three']) await outbox.add(entry(text));
    outbox.begin();
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'three']));
    await vi.waitFor(() =>
      expect(outbox.entries().map((left) => [left.body.text, left.failure])).toEqual([['FORBIDDEN word', 'invalid_request']]),
    );
    expect(outbox.isFailing()).toBe(false);
    expect([outbox.unsent(), outbox.unsent(1), outbox.unsent(2)]).toEqual([1, 1, 0]);
    server.forbidden = 'nothing';
    await outbox.retry(outbox.entries()[0]!);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'three', 'FORBIDDEN word']));
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
    expect(outbox.unsent()).toBe(0);
  });

  it('that was refused keeps the message until the person discards it', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const { outbox, tab } = await start(server, { browser });
    await outbox.add(entry('FORBIDDEN'));
    await vi.waitFor(() => expect(outbox.entries()[0]?.failure).toBeTruthy());
    tab.kill();
    const second = await start(server, { browser });
    expect(second.outbox.entries().map((left) => left.body.text)).toEqual(['FORBIDDEN']);
    await second.outbox.discard(second.outbox.entries()[0]!);
    expect(second.outbox.entries()).toEqual([]);
    const third = await start(server, { browser });
    expect(third.outbox.entries()).toEqual([]);
  });

  it('keeps all messages while the person is signed out', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    server.fault = () => ({ code: 'unauthenticated' });
    const { outbox } = await start(server);
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(outbox.isFailing()).toBe(true));
    expect(outbox.entries()[0]?.failure).toBeNull();
    server.fault = () => undefined;
    await vi.advanceTimersByTimeAsync(BACKOFF_MAX_MS);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });
});

describe('a disk that refuses', () => {
  it('leaves messages in memory, in order, and the outbox reports that they are not stored', async () => {
    const server = createServer();
    const { outbox } = await start(server, { overrides: { indexedDB: undefined } });
    server.fault = () => 'refuse';
    for (const text of ['one', 'two', 'three']) await outbox.add(entry(text));
    expect(outbox.isVolatile()).toBe(true);
    expect(outbox.entries().map((kept) => kept.body.text)).toEqual(['one', 'two', 'three']);
    server.fault = () => undefined;
    outbox.kick(true);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'two', 'three']));
    expect(outbox.entries()).toHaveLength(0);
  });

  it('has the same effect when the quota is exceeded later', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const { outbox } = await start(server, { browser });
    server.fault = () => 'refuse';
    await outbox.add(entry('on disk'));
    expect(outbox.isVolatile()).toBe(false);
    const full = vi.spyOn(Object.getPrototypeOf(await storePrototype(browser)) as IDBObjectStore, 'add').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await outbox.add(entry('in memory'));
    expect(outbox.isVolatile()).toBe(true);
    full.mockRestore();
    server.fault = () => undefined;
    outbox.kick(true);
    await vi.waitFor(() => expect(texts(server)).toEqual(['on disk', 'in memory']));
    await outbox.add(entry('on disk again'));
    await vi.waitFor(() => expect(texts(server)).toHaveLength(3));
    expect(outbox.isVolatile()).toBe(false);
  });
});
