import { randomUUID } from 'node:crypto';

import type { NewMessage, SaveMessagesResponse } from '@switchboard/protocol/types';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { BACKOFF_MAX_MS } from '../backoff.ts';
import { createHttp, KEEPALIVE_BYTES } from '../http.ts';
import { createServerClock } from '../server-clock.ts';
import { createTab, FakeBrowser } from '../testing/fake-effects.ts';
import type { FakeTab, TabOptions } from '../testing/fake-effects.ts';
import { FakeServer } from '../testing/fake-server.ts';
import type { NewEntry } from './entry.ts';
import { Outbox } from './outbox.ts';

const open: { outbox: Outbox; tab: FakeTab }[] = [];
afterEach(() => {
  for (const { outbox, tab } of open.splice(0)) {
    tab.kill();
    outbox.close();
  }
  vi.useRealTimers();
});

interface Setup {
  readonly tab: FakeTab;
  readonly outbox: Outbox;
  readonly uploaded: string[];
}

/** A visitor's outbox in a tab, over the real HTTP code and a server in memory. */
function openOutbox(server: FakeServer, options: TabOptions = {}): Setup {
  const tab = createTab({ fetch: server.fetchAs(), ...options });
  const clock = createServerClock(() => Date.now());
  const http = createHttp(tab, clock, { authorization: () => 'Bearer v1', renew: () => Promise.resolve(false) });
  const uploaded: string[] = [];
  const outbox = new Outbox(tab, {
    owner: 'visitor',
    asOperator: false,
    save: async (messages) => (await http.request<SaveMessagesResponse>('POST', '/api/chat/messages', { messages })).messages,
    upload: async (_entry, onProgress) => {
      onProgress(0.5);
      return await http.request('POST', '/api/chat/uploads', {});
    },
    onUploaded: (entry) => uploaded.push(entry.image?.url ?? ''),
  });
  open.push({ outbox, tab });
  return { tab, outbox, uploaded };
}

async function start(server: FakeServer, options: TabOptions = {}): Promise<Setup> {
  const setup = openOutbox(server, options);
  await setup.outbox.load();
  setup.outbox.begin();
  return setup;
}

let sent = 0;
function entry(text: string, more: Partial<NewEntry> = {}): NewEntry {
  sent += 1;
  const createdAt = new Date(Date.now() + sent).toISOString();
  return { key: randomUUID(), clientId: 1, senderType: 'CLIENT', clientSocketId: null, text, image: null, createdAt, ...more };
}

function createServer(): FakeServer {
  const server = new FakeServer();
  server.addClient();
  return server;
}
const texts = (server: FakeServer) => server.clients.get(1)?.rows.map((row) => row.text);
const saves = (server: FakeServer) => server.requests.filter((request) => request.path === '/api/chat/messages');
const batchOf = (request: { body: Record<string, unknown> }) => request.body['messages'] as NewMessage[];
const picture = () => ({
  blob: new Blob(['x'], { type: 'image/png' }),
  url: null,
  name: 'a.png',
  mimeType: 'image/png',
  width: null,
  height: null,
});

describe('sending', () => {
  it('keeps a message on disk before anything goes over the network', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const onDisk: number[] = [];
    const answer = server.fetchAs();
    const fetch = async (path: string, init: RequestInit) => {
      const other = openOutbox(server, { browser });
      await other.outbox.load();
      onDisk.push(other.outbox.entries().length);
      return await answer(path, init);
    };
    const { outbox } = await start(server, { browser, fetch });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
    expect(onDisk).toEqual([1]);
  });

  it('saves in the order of sending, batches what waits, and empties', async () => {
    const server = createServer();
    const { outbox } = openOutbox(server);
    await outbox.load();
    for (let index = 0; index < 250; index += 1) await outbox.add(entry(`m${index}`));
    outbox.begin();
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
    expect(texts(server)).toEqual(Array.from({ length: 250 }, (_, index) => `m${index}`));
    expect(saves(server).map((request) => batchOf(request).length)).toEqual([100, 100, 50]);
  });

  it('keeps each request small enough to outlive the page', async () => {
    const server = createServer();
    const { outbox } = openOutbox(server);
    await outbox.load();
    for (let index = 0; index < 12; index += 1) await outbox.add(entry('ü'.repeat(10_000)));
    outbox.begin();
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
    for (const request of saves(server)) expect(Buffer.byteLength(JSON.stringify(request.body))).toBeLessThan(KEEPALIVE_BYTES);
    expect(saves(server).length).toBeGreaterThan(3);
  });

  it('uploads a picture first, then saves it in its place with the URL it got', async () => {
    const server = createServer();
    const { outbox, uploaded } = openOutbox(server);
    await outbox.load();
    await outbox.add(entry('before'));
    await outbox.add(entry('', { text: null, image: picture() }));
    await outbox.add(entry('after'));
    outbox.begin();
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
    expect(server.clients.get(1)?.rows.map((row) => row.messageType)).toEqual(['TEXT', 'IMAGE', 'TEXT']);
    expect(server.clients.get(1)?.rows[1]?.imageUrl).toBe(uploaded[0]);
    expect(server.requests.filter((request) => request.path === '/api/chat/uploads')).toHaveLength(1);
  });
});

describe('a tab that dies', () => {
  const moments = {
    'after the write, before the request': (server: FakeServer) => {
      server.fault = () => 'refuse';
    },
    'while the request is on its way': (server: FakeServer) => {
      server.fault = () => 'refuse';
    },
    'after the commit, with the answer lost': (server: FakeServer) => {
      server.fault = () => 'lose-answer';
    },
  };

  for (const [moment, arrange] of Object.entries(moments)) {
    it(`loses and doubles nothing when killed ${moment}`, async () => {
      const server = createServer();
      const browser = new FakeBrowser();
      arrange(server);
      const first = await start(server, { browser });
      await Promise.all([first.outbox.add(entry('one')), first.outbox.add(entry('two'))]);
      if (!moment.startsWith('after the write')) await vi.waitFor(() => expect(saves(server).length).toBeGreaterThan(0));
      first.tab.kill();
      server.fault = () => undefined;
      const second = await start(server, { browser });
      await vi.waitFor(() => expect(second.outbox.entries()).toHaveLength(0));
      expect(texts(server)?.toSorted()).toEqual(['one', 'two']);
    });
  }
});

describe('failing', () => {
  it('tries for ever, never in the same rhythm, and says so until it works', async () => {
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

  it('waits as long as the server asks', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    server.fault = () => (saves(server).length === 1 ? { code: 'rate_limited', retryAfter: 20 } : undefined);
    const { outbox } = await start(server, { random: () => 0 });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(saves(server)).toHaveLength(1));
    await vi.waitFor(() => expect(outbox.isFailing()).toBe(true));
    await vi.advanceTimersByTimeAsync(19_500);
    expect(saves(server)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });

  it('counts a request without an answer as failed after ten seconds', async () => {
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

  it('sets aside what is refused for good, with the reason and the text, and goes on with the rest', async () => {
    const server = createServer();
    const { outbox } = openOutbox(server);
    await outbox.load();
    for (const text of ['one', 'FORBIDDEN word', 'three']) await outbox.add(entry(text));
    outbox.begin();
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'three']));
    await vi.waitFor(() =>
      expect(outbox.entries().map((left) => [left.text, left.failure])).toEqual([['FORBIDDEN word', 'That word is not taken.']]),
    );
    expect(outbox.isFailing()).toBe(false);
    server.forbidden = 'nothing';
    await outbox.retry(outbox.entries()[0]!.key);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'three', 'FORBIDDEN word']));
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
  });

  it('drops a refused message only when told to', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const { outbox, tab } = await start(server, { browser });
    await outbox.add(entry('FORBIDDEN'));
    await vi.waitFor(() => expect(outbox.entries()[0]?.failure).toBeTruthy());
    tab.kill();
    const second = await start(server, { browser });
    expect(second.outbox.entries().map((left) => left.text)).toEqual(['FORBIDDEN']);
    await second.outbox.discard(second.outbox.entries()[0]!.key);
    expect(second.outbox.entries()).toEqual([]);
    const third = await start(server, { browser });
    expect(third.outbox.entries()).toEqual([]);
  });

  it('keeps everything while the person is signed out', async () => {
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

describe('several tabs', () => {
  it('send from one of them only, and all see it done', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const a = await start(server, { browser });
    const b = await start(server, { browser });
    const savedIn: string[] = [];
    a.outbox.onSaved(() => savedIn.push('a'));
    b.outbox.onSaved(() => savedIn.push('b'));
    await Promise.all([a.outbox.add(entry('from a')), b.outbox.add(entry('from b'))]);
    await vi.waitFor(() => expect([...a.outbox.entries(), ...b.outbox.entries()]).toHaveLength(0));
    expect(texts(server)?.toSorted()).toEqual(['from a', 'from b']);
    const keys = saves(server).flatMap((request) => batchOf(request).map((message) => message.messageKey));
    expect(new Set(keys).size).toBe(keys.length);
    await vi.waitFor(() => expect(new Set(savedIn)).toEqual(new Set(['a', 'b'])));
  });

  it('pass the lead on when the leader is closed', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const a = await start(server, { browser });
    const b = await start(server, { browser });
    await a.outbox.add(entry('one'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
    a.tab.kill();
    await b.outbox.add(entry('two'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'two']));
  });

  it('take the lead from a tab that sleeps', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    const browser = new FakeBrowser();
    // Holds the lock, hears nothing, sends nothing.
    void browser.locks.request('switchboard-outbox:visitor', {}, () => new Promise(() => undefined)).catch(() => undefined);
    const { outbox } = await start(server, { browser });
    await outbox.add(entry('one'));
    await vi.advanceTimersByTimeAsync(2_900);
    expect(saves(server)).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(200);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });

  it('act alone where there are no locks', async () => {
    const server = createServer();
    const { outbox } = await start(server, { overrides: { locks: undefined } });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });
});

describe('a disk that refuses', () => {
  it('keeps messages in memory, in order, and says that they are not safe', async () => {
    const server = createServer();
    const { outbox } = await start(server, { overrides: { indexedDB: undefined } });
    server.fault = () => 'refuse';
    for (const text of ['one', 'two', 'three']) await outbox.add(entry(text));
    expect(outbox.isVolatile()).toBe(true);
    expect(outbox.entries().map((kept) => kept.text)).toEqual(['one', 'two', 'three']);
    server.fault = () => undefined;
    outbox.kick(true);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'two', 'three']));
    expect(outbox.entries()).toHaveLength(0);
  });

  it('does the same when the quota is full only later', async () => {
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

describe('an entry of another build', () => {
  it('is sent all the same', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const { outbox } = openOutbox(server, { browser });
    await outbox.load();
    const database = await opened(browser);
    const store = database.transaction('entries', 'readwrite').objectStore('entries');
    store.add({ version: 0, owner: 'visitor', key: randomUUID(), clientId: 1, text: 'from before', createdAt: new Date().toISOString() });
    database.close();
    await outbox.load();
    outbox.begin();
    await vi.waitFor(() => expect(texts(server)).toEqual(['from before']));
  });
});

describe('flush', () => {
  it('tells whether everything is saved, in time', async () => {
    const server = createServer();
    const { outbox } = await start(server);
    await outbox.add(entry('one'));
    expect(await outbox.flush(1_000)).toBe(true);
    server.fault = () => 'refuse';
    await outbox.add(entry('two'));
    expect(await outbox.flush(50)).toBe(false);
  });
});

function opened(browser: FakeBrowser): Promise<IDBDatabase> {
  return new Promise((resolve) => {
    const request = browser.indexedDB.open('switchboard-outbox', 1);
    request.addEventListener('success', () => resolve(request.result));
  });
}

async function storePrototype(browser: FakeBrowser): Promise<IDBObjectStore> {
  const database = await opened(browser);
  const store = database.transaction('entries').objectStore('entries');
  database.close();
  return store;
}
