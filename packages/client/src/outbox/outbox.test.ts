import { randomUUID } from 'node:crypto';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { FakeBrowser } from '../testing/fake-effects.ts';
import type { FakeServer } from '../testing/fake-server.ts';
import { fileOf, readEntry, storedEntry } from './entry.ts';
import { batchOf, closeTabs, createServer, entry, opened, openOutbox, picture, saves, start, texts } from '../testing/open-outbox.ts';
import { KEEPALIVE_BYTES } from '../transport/http.ts';

afterEach(closeTabs);

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

  it('saves in the order of sending, batches waiting messages, and ends empty', async () => {
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

  it('uploads a picture first, then saves it in order with the URL it got', async () => {
    const server = createServer();
    const { outbox, uploaded } = openOutbox(server);
    await outbox.load();
    await outbox.add(entry('before'));
    await outbox.add(entry('', { body: picture() }));
    await outbox.add(entry('after'));
    outbox.begin();
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
    expect(server.clients.get(1)?.rows.map((row) => row.messageType)).toEqual(['TEXT', 'IMAGE', 'TEXT']);
    expect(server.clients.get(1)?.rows[1]?.imageUrl).toBe(uploaded[0]);
    expect(server.requests.filter((request) => request.path === '/api/chat/uploads')).toHaveLength(1);
  });
});

describe('a tab that crashes', () => {
  const requested = (server: FakeServer) => vi.waitUntil(() => saves(server).length > 0);
  const moments = {
    'after the write, before the request': { fault: 'refuse', until: () => Promise.resolve(true) },
    'while the request is on its way': { fault: 'refuse', until: requested },
    'after the commit, with the answer lost': { fault: 'lose-answer', until: requested },
  } as const;

  for (const [moment, { fault, until }] of Object.entries(moments)) {
    it(`loses and doubles nothing when killed ${moment}`, async () => {
      const server = createServer();
      const browser = new FakeBrowser();
      server.fault = () => fault;
      const first = await start(server, { browser });
      await Promise.all([first.outbox.add(entry('one')), first.outbox.add(entry('two'))]);
      await until(server);
      first.tab.kill();
      server.fault = () => undefined;
      const second = await start(server, { browser });
      await vi.waitFor(() => expect(second.outbox.entries()).toHaveLength(0));
      expect(texts(server)?.toSorted()).toEqual(['one', 'two']);
    });
  }
});

describe('several tabs', () => {
  it('send from one tab only, and all see the message saved', async () => {
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

  it('take the lead from a frozen tab', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const server = createServer();
    const browser = new FakeBrowser();
    // Holds the lock, receives nothing, sends nothing.
    void browser.locks.request('switchboard-outbox:visitor', {}, () => new Promise(() => undefined)).catch(() => undefined);
    const { outbox } = await start(server, { browser });
    await outbox.add(entry('one'));
    await vi.advanceTimersByTimeAsync(2_900);
    expect(saves(server)).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(200);
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });

  it('each send on their own without Web Locks', async () => {
    const server = createServer();
    const { outbox } = await start(server, { overrides: { locks: undefined } });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });
});

describe('an entry of another build', () => {
  it('is sent as well', async () => {
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

  it.each([
    ['a text', { text: 'Hello', image: null }, { type: 'text', text: 'Hello' }],
    ['a picture', { text: null, image: { url: null } }, { type: 'image', image: { url: null }, text: null }],
    ['a picture with words', { text: 'Red?', image: { url: '/a' } }, { type: 'image', image: { url: '/a' }, text: 'Red?' }],
    ['words of a type that only a newer build knows', { type: 'video', text: 'Look', video: {} }, { type: 'text', text: 'Look' }],
  ])('is read as %s', (_, stored, body) => {
    expect(readEntry({ ...stored, key: 'k', order: 1, clientId: 1 })?.body).toEqual(body);
  });

  it('can be read by an older build: text and picture are separate fields', () => {
    const { body: _body, ...rest } = entry('');
    const body = picture();
    expect(storedEntry({ ...rest, body })).toEqual({ ...rest, type: 'image', text: null, image: fileOf({ body }) });
    expect(storedEntry(entry('Hello'))).toMatchObject({ text: 'Hello', image: null });
  });
});

describe('flush', () => {
  it('resolves to whether everything is saved in time', async () => {
    const server = createServer();
    const { outbox } = await start(server);
    await outbox.add(entry('one'));
    expect(await outbox.flush(1_000)).toBe(true);
    server.fault = () => 'refuse';
    await outbox.add(entry('two'));
    expect(await outbox.flush(50)).toBe(false);
  });
});
