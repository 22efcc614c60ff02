import { afterEach, describe, expect, it, vi } from 'vitest';

import { FakeBrowser } from '../testing/fake-effects.ts';
import { closeTabs, createServer, entry, opened, openOutbox, start, texts } from '../testing/open-outbox.ts';

afterEach(closeTabs);

const LOCK = 'switchboard-outbox:visitor';

/** Whether nobody holds the lock, asked as another page would. */
async function isFree(browser: FakeBrowser): Promise<boolean> {
  const patience = new AbortController();
  const asked = browser.locks.request(LOCK, { signal: patience.signal }, () => true);
  setTimeout(() => patience.abort(), 50);
  return await asked.catch(() => false);
}

describe('a page that is put away for the way back', () => {
  it('holds no lock meanwhile, and sends again when it returns', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const { tab, outbox } = await start(server, { browser });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
    expect(await isFree(browser)).toBe(false);
    tab.putAway();
    expect(await isFree(browser)).toBe(true);
    tab.comeBack();
    await outbox.add(entry('two'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'two']));
    expect(await isFree(browser)).toBe(false);
    tab.putAway();
    tab.comeBack();
    await outbox.add(entry('three'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'two', 'three']));
  });

  it('sends at the last moment what waits, before it lets go', async () => {
    const server = createServer();
    server.fault = () => 'refuse';
    const { tab, outbox } = await start(server);
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(outbox.isFailing()).toBe(true));
    server.fault = () => undefined;
    tab.putAway();
    await vi.waitFor(() => expect(texts(server)).toEqual(['one']));
  });

  it('leaves the lead to the next page, which need not wait for it, and stands behind that page afterwards', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const first = await start(server, { browser });
    await vi.waitUntil(async () => !(await isFree(browser)));
    first.tab.putAway();
    const second = await start(server, { browser });
    await second.outbox.add(entry('of the second'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['of the second']));
    first.tab.comeBack();
    await first.outbox.add(entry('of the first'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['of the second', 'of the first']));
    second.outbox.close();
    second.tab.kill();
    await first.outbox.add(entry('of the first again'));
    await vi.waitFor(() => expect(texts(server)).toHaveLength(3));
  });

  it('has closed its database, and opens it again when it returns', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    const { tab, outbox } = await start(server, { browser });
    await outbox.add(entry('one'));
    await vi.waitFor(() => expect(outbox.entries()).toHaveLength(0));
    const database = await opened(browser);
    const close = vi.spyOn(Object.getPrototypeOf(database) as IDBDatabase, 'close');
    // As soon as nothing is written any more.
    await vi.waitFor(() => {
      tab.putAway();
      expect(close).toHaveBeenCalledTimes(1);
    });
    tab.comeBack();
    await outbox.add(entry('two'));
    await vi.waitFor(() => expect(texts(server)).toEqual(['one', 'two']));
    expect(outbox.isVolatile()).toBe(false);
    close.mockRestore();
    database.close();
  });
});

describe('a tab that is opened while saving fails', () => {
  it('says so, and says so no more when it works again', async () => {
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

  it('does not go on saying what a tab has said that leads no more', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    server.fault = () => 'refuse';
    const first = await start(server, { browser });
    await first.outbox.add(entry('one'));
    const third = await start(server, { browser });
    await vi.waitFor(() => expect(third.outbox.isFailing()).toBe(true));
    // The next to lead has not failed yet: its first request is still under way.
    const second = await start(server, { browser, fetch: () => new Promise(() => undefined) });
    void second;
    third.outbox.close();
    const watcher = await start(server, { browser });
    await vi.waitFor(() => expect(watcher.outbox.isFailing()).toBe(true));
    first.tab.kill();
    first.outbox.close();
    await vi.waitFor(() => expect(watcher.outbox.isFailing()).toBe(false));
  });

  it('learns that the conversation is just being ended by another one', async () => {
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
