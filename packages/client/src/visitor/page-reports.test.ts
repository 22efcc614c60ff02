import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createServerClock } from '../platform/server-clock.ts';
import { createTab } from '../testing/fake-effects.ts';
import { closeServers, eventually, newBrowser, openServers, openVisitor, server, startVisitor } from '../testing/open-chats.ts';
import { PageReports } from './page-reports.ts';
import type { VisitorPage } from './page-reports.ts';

describe('the page that a visitor is on', () => {
  const opened: PageReports[] = [];
  afterEach(() => {
    for (const pages of opened.splice(0)) pages.close();
    vi.useRealTimers();
  });

  function open(answer: () => Promise<unknown> = () => Promise.resolve({})) {
    vi.useFakeTimers();
    const tab = createTab();
    const told: VisitorPage[] = [];
    const pages = new PageReports(
      tab,
      createServerClock(() => Date.now()),
      async (page) => {
        told.push(page);
        return await answer();
      },
    );
    opened.push(pages);
    const pass = async (ms: number) => await vi.advanceTimersByTimeAsync(ms);
    return { tab, pages, told, urls: () => told.map(({ url }) => url), pass };
  }

  it('is told at each change, and once a minute that the visitor is still there', async () => {
    const { pages, told, urls, pass } = open();
    pages.set('https://lamps.example/1');
    await pass(1_000);
    expect(urls()).toEqual(['https://lamps.example/1']);
    await pass(10_000);
    pages.set('https://lamps.example/2');
    const at = new Date().toISOString();
    await pass(1_000);
    expect(told.at(-1)).toEqual({ url: 'https://lamps.example/2', at });
    await pass(180_000);
    expect(urls().slice(2)).toEqual(['https://lamps.example/2', 'https://lamps.example/2', 'https://lamps.example/2']);
    // Since when has not changed.
    expect(told.at(-1)?.at).toBe(at);
  });

  it('is told no more often than every five seconds, and the last is not forgotten, whatever the page does to its address', async () => {
    const { pages, urls, pass } = open();
    for (let step = 0; step < 1_000; step += 1) {
      pages.set(`https://lamps.example/#${step}`);
      await pass(20);
    }
    await pass(5_000);
    expect(urls().length).toBeLessThanOrEqual(6);
    expect(urls().at(-1)).toBe('https://lamps.example/#999');
  });

  it('is not told of a tab that nobody looks at, and is as soon as somebody does', async () => {
    const { tab, pages, urls, pass } = open();
    pages.set('https://lamps.example/1');
    await pass(1_000);
    tab.setVisible(false);
    pages.set('https://lamps.example/2');
    await pass(300_000);
    expect(urls()).toEqual(['https://lamps.example/1']);
    tab.setVisible(true);
    await pass(1_000);
    expect(urls()).toEqual(['https://lamps.example/1', 'https://lamps.example/2']);
    // The other tab may have told its own meanwhile.
    tab.setVisible(false);
    await pass(30_000);
    tab.setVisible(true);
    await pass(1_000);
    expect(urls()).toHaveLength(3);
  });

  it('that can’t be told is told with the next report', async () => {
    const { pages, urls, pass } = open(() => Promise.reject(new Error('not found')));
    pages.set('https://lamps.example/1');
    await pass(61_000);
    expect(urls()).toHaveLength(2);
    pages.close();
    await pass(300_000);
    expect(urls()).toHaveLength(2);
  });
});

describe('a visitor', () => {
  beforeEach(openServers);
  afterEach(closeServers);
  const reported = () => server.requests.filter(({ path }) => path === '/api/chat/page').map(({ body }) => body['url']);

  it('tells no page before there is a conversation, then the one it is on; and an old server does not mind', async () => {
    const own = newBrowser();
    const before = openVisitor(own);
    before.chat.setPage('https://lamps.example/1');
    before.tab.wake();
    await before.chat.start({ username: 'Ada' });
    await eventually(() => expect(reported()).toEqual(['https://lamps.example/1']));
    await before.chat.conversation!.sendText('Hello');
    await eventually(() => expect(server.clients.get(1)?.rows).toHaveLength(1));
    expect(before.chat.getSnapshot().phase).toBe('active');
    before.chat.close();
    const next = await startVisitor();
    next.chat.setPage('https://lamps.example/2');
    await eventually(() => expect(reported()).toEqual(['https://lamps.example/1', 'https://lamps.example/2']));
  });
});
