import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createServerClock } from '../platform/server-clock.ts';
import { createTab } from '../testing/fake-effects.ts';
import { closeServers, eventually, newBrowser, openServers, openVisitor, server, startVisitor } from '../testing/open-chats.ts';
import { PageReports } from './page-reports.ts';
import type { VisitorPage } from './page-reports.ts';

describe('the page of a visitor', () => {
  const opened: PageReports[] = [];
  afterEach(() => {
    for (const pages of opened.splice(0)) pages.close();
    vi.useRealTimers();
  });

  function open(answer: () => Promise<unknown> = () => Promise.resolve({})) {
    vi.useFakeTimers();
    const tab = createTab();
    const reports: VisitorPage[] = [];
    const pages = new PageReports(
      tab,
      createServerClock(() => Date.now()),
      async (page) => {
        reports.push(page);
        return await answer();
      },
    );
    opened.push(pages);
    const pass = async (ms: number) => await vi.advanceTimersByTimeAsync(ms);
    return { tab, pages, reports, urls: () => reports.map(({ url }) => url), pass };
  }

  it('is reported at each change, and once a minute while the visitor stays', async () => {
    const { pages, reports, urls, pass } = open();
    pages.set('https://lamps.example/1');
    await pass(1_000);
    expect(urls()).toEqual(['https://lamps.example/1']);
    await pass(10_000);
    pages.set('https://lamps.example/2');
    const at = new Date().toISOString();
    await pass(1_000);
    expect(reports.at(-1)).toEqual({ url: 'https://lamps.example/2', at });
    await pass(180_000);
    expect(urls().slice(2)).toEqual(['https://lamps.example/2', 'https://lamps.example/2', 'https://lamps.example/2']);
    // The time when the page was opened has not changed.
    expect(reports.at(-1)?.at).toBe(at);
  });

  it('is reported every five seconds at most, including the last change', async () => {
    const { pages, urls, pass } = open();
    for (let step = 0; step < 1_000; step += 1) {
      pages.set(`https://lamps.example/#${step}`);
      await pass(20);
    }
    await pass(5_000);
    expect(urls().length).toBeLessThanOrEqual(6);
    expect(urls().at(-1)).toBe('https://lamps.example/#999');
  });

  it('is not reported while the tab is hidden, and at once when it becomes visible', async () => {
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
    // Another tab may have reported its own page meanwhile.
    tab.setVisible(false);
    await pass(30_000);
    tab.setVisible(true);
    await pass(1_000);
    expect(urls()).toHaveLength(3);
  });

  it('is included in the next report after a failed one', async () => {
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

  it('reports no page before there is a conversation, then the current one; an old server is no problem', async () => {
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
