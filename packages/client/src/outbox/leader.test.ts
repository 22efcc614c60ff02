import { afterEach, describe, expect, it, vi } from 'vitest';

import { FakeBrowser } from '../testing/fake-effects.ts';
import { closeTabs, createServer, entry, opened, openOutbox, start, texts } from '../testing/open-outbox.ts';

afterEach(closeTabs);

const LOCK = 'switchboard-outbox:visitor';

/** Whether the lock is free, as another page would find it. */
async function isFree(browser: FakeBrowser): Promise<boolean> {
  const patience = new AbortController();
  const asked = browser.locks.request(LOCK, { signal: patience.signal }, () => true);
  setTimeout(() => patience.abort(), 50);
  return await asked.catch(() => false);
}

describe('a page in the back/forward cache', () => {
  it('holds no lock, and sends again when it returns', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const { tab, outbox } = await start(server, { browser });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
    expect(await isFree(browser)).toBe(false);
    tab.hidePage();
    expect(await isFree(browser)).toBe(true);
    tab.restorePage();
    await outbox.add(entry('two'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'two']));
    expect(await isFree(browser)).toBe(false);
    tab.hidePage();
    tab.restorePage();
    await outbox.add(entry('three'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'two', 'three']));
  });

  it('sends waiting messages before it releases the lock', async () => {
    const server = createServer();
    server.fault = () => 'refuse';
    const { tab, outbox } = await start(server);
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(outbox.isFailing()).toBe(true));
    server.fault = () => undefined;
    tab.hidePage();
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });

  it('leaves the lead to the next page at once, and queues behind that page when it returns', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const first = await start(server, { browser });
    await vi.waitUntil(async () => !(await isFree(browser)));
    first.tab.hidePage();
    const second = await start(server, { browser });
    await second.outbox.add(entry('of the second'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['of the second']));
    first.tab.restorePage();
    await first.outbox.add(entry('of the first'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['of the second', 'of the first']));
    second.outbox.close();
    second.tab.kill();
    await first.outbox.add(entry('of the first again'));
    await vi.waitFor(() => expect(texts(server)).toHaveLength(3));
  });

  it('closes its database, and opens it again when it returns', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const { tab, outbox } = await start(server, { browser });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
    const database = await opened(browser);
    const close = vi.spyOn(Object.getPrototypeOf(database) as IDBDatabase, 'close');
    // As soon as no write is in progress.
    await vi.waitFor(() => {
      tab.hidePage();
      expect(close).toHaveBeenCalledTimes(1);
    });
    tab.restorePage();
    await outbox.add(entry('two'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'two']));
    expect(outbox.isVolatile()).toBe(false);
    close.mockRestore();
    database.close();
  });
});

describe('a tab that is opened while saving fails', () => {
  it('reports the failure, and reports recovery when saving works again', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    server.fault = () => 'refuse';
    const first = await start(server, { browser });
    await first.outbox.add(entry('one'));
    await vi.waitFor(() => expect(first.outbox.isFailing()).toBe(true));
    const second = await start(server, { browser });
    await vi.waitFor(() => expect(second.outbox.isFailing()).toBe(true));
    server.fault = () => undefined;
    first.outbox.kick(true);
    await vi.waitFor(() => expect(second.outbox.isFailing()).toBe(false));
  });

  it('ignores the failure of a former leader', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    server.fault = () => 'refuse';
    const first = await start(server, { browser });
    await first.outbox.add(entry('one'));
    const third = await start(server, { browser });
    await vi.waitFor(() => expect(third.outbox.isFailing()).toBe(true));
    // The next leader has not failed yet: its first request is still in flight.
    const second = await start(server, { browser, fetch: () => new Promise(() => undefined) });
    void second;
    third.outbox.close();
    const watcher = await start(server, { browser });
    await vi.waitFor(() => expect(watcher.outbox.isFailing()).toBe(true));
    first.tab.kill();
    first.outbox.close();
    await vi.waitFor(() => expect(watcher.outbox.isFailing()).toBe(false));
  });

  it('learns that another tab is ending the conversation', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const first = await start(server, { browser });
    first.outbox.setClosing(true);
    const second = openOutbox(server, { browser });
    second.outbox.begin();
    await vi.waitFor(() => expect(second.outbox.closing.isClosing()).toBe(true));
    first.outbox.setClosing(false);
    await vi.waitFor(() => expect(second.outbox.closing.isClosing()).toBe(false));
  });
});
