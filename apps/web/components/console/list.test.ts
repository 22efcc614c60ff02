import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();

const list = (page: Page) => page.getByRole('list', { name: 'Conversations' });
const row = (page: Page, name: string | RegExp) => list(page).getByRole('button', { name, exact: true });
const names = async (page: Page) =>
  await list(page)
    .getByRole('button')
    .evaluateAll((rows) => rows.map((shown) => shown.getAttribute('data-name')));
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const asked = async (page: Page) => await page.evaluate(() => window.harness.chat.asked);
const focusedRow = async (page: Page) => await page.evaluate(() => document.activeElement?.getAttribute('data-name'));

/** Ana has waited for 51 minutes, Ben for three, Cleo and Dora for nothing. */
async function fourVisitors(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    const since = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const said = (text: string, senderType: 'CLIENT' | 'OPERATOR') => ({
      text,
      type: 'text' as const,
      senderType,
      operatorName: 'Omar Haddad',
    });
    chat.set({
      waiting: 2,
      conversations: [
        summaryOf({
          clientId: 1,
          username: 'Ana',
          waitingSince: since(51.5),
          lastActivityAt: since(51.5),
          preview: said('Is it in stock?', 'CLIENT'),
        }),
        summaryOf({
          clientId: 2,
          username: 'Ben',
          unread: 2,
          waitingSince: since(3.5),
          lastActivityAt: since(1),
          preview: said('?', 'CLIENT'),
        }),
        summaryOf({ clientId: 3, username: 'Cleo', lastActivityAt: since(60), preview: said('Yes, it is.', 'OPERATOR') }),
        summaryOf({ clientId: 4, username: 'Dora', lastActivityAt: since(90), endedAt: since(80), preview: said('Bye', 'CLIENT') }),
      ],
    });
  });
  await row(page, 'Dora').waitFor();
}

it('shows waiting times and updates them without rendering every row again', async () => {
  const page = await harness.open('nothing');
  await page.clock.install();
  await page.evaluate(() => window.harness.show('console'));
  await fourVisitors(page);
  await row(page, 'Ana, waiting 51 min').getByText('51 min', { exact: true }).waitFor();
  await row(page, 'Ben, 2 unread, waiting 3 min').waitFor();
  const link = (name: string) => page.getByRole('list', { name: 'Views' }).getByRole('link', { name, exact: true });
  await link('Waiting, 2').waitFor();
  await link('Done').waitFor();
  await page.evaluate(() => {
    const changed: string[] = [];
    Object.assign(window, { changed });
    new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        changed.push(element?.closest('li')?.querySelector('[data-name]')?.getAttribute('data-name') ?? '');
      }
    }).observe(document.querySelector('[aria-label="Conversations"]') ?? document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
  });
  await page.clock.runFor(40_000);
  await row(page, 'Ben, 2 unread, waiting 4 min').waitFor();
  await row(page, 'Ana, waiting 52 min').waitFor();
  const touched: unknown = await page.evaluate(() => [...new Set(Reflect.get(window, 'changed'))]);
  expect(touched).toEqual(expect.arrayContaining(['Ana', 'Ben']));
  expect(touched).toHaveLength(2);
});

it('shows in the second line an unsent message, a draft, typing, or the last message', async () => {
  const page = await harness.open();
  await fourVisitors(page);
  const second = async (name: string | RegExp, words: string) => await row(page, name).getByText(words).waitFor();
  await second('Cleo', 'Omar: Yes, it is.');
  await page.evaluate(() => window.harness.chat.summarize(3, { typing: true }));
  await second('Cleo', 'Typing…');
  await row(page, 'Cleo').click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('It is on its');
  await row(page, 'Dora').click();
  await second('Cleo', 'Draft: It is on its');
  await page.evaluate(() => {
    window.harness.chat.summarize(3, { unsent: 1 });
    window.harness.chat.set({ unsent: 1 });
  });
  await second('Cleo', 'Not sent');
  await page.getByText('1 message not sent', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await heading(page, 'Cleo').waitFor();
  expect(await row(page, 'Cleo').getAttribute('aria-current')).toBe('true');
});

it('marks visitors who have left or are blocked without using the preview', async () => {
  const page = await harness.open();
  await fourVisitors(page);
  await page.evaluate(() => window.harness.chat.summarize(3, { blockedAt: new Date().toISOString() }));
  await row(page, 'Dora').getByTitle('Ended').waitFor();
  await row(page, 'Cleo').getByTitle('Blocked').waitFor();
  expect(await list(page).getByText('Blocked', { exact: true }).count()).toBe(0);
});

it('changes the view by link and number key, and keeps it in the address', async () => {
  const page = await harness.open();
  await fourVisitors(page);
  const link = (name: string) => page.getByRole('list', { name: 'Views' }).getByRole('link', { name, exact: true });
  await link('Done').click();
  await expect.poll(async () => await link('Done').getAttribute('aria-current')).toBe('page');
  await row(page, 'Cleo').click();
  await heading(page, 'Cleo').waitFor();
  expect(new URL(page.url()).search).toBe('?view=done&c=3');
  await page.keyboard.press('Escape');
  await page.keyboard.press('1');
  await expect.poll(async () => await link('Waiting, 2').getAttribute('aria-current')).toBe('page');
  expect(await asked(page)).toEqual(expect.arrayContaining(['view done', 'view waiting']));
  await page.goBack();
  await expect.poll(() => new URL(page.url()).search).toBe('?view=waiting');
  await page.reload();
  await page.evaluate(() => window.harness.show('console'));
  await expect.poll(async () => await link('Waiting').getAttribute('aria-current')).toBe('page');
});

it('keeps its order while the pointer is in it, counts new rows, and shows them on request', async () => {
  const page = await harness.open();
  await fourVisitors(page);
  await row(page, 'Cleo').hover();
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    const [ana, ben, cleo, dora] = chat.getSnapshot().conversations;
    if (ana === undefined || ben === undefined || cleo === undefined || dora === undefined) throw new Error('Not four.');
    const lastActivityAt = new Date().toISOString();
    chat.set({ conversations: [{ ...dora, lastActivityAt, unread: 1 }, summaryOf({ clientId: 5, username: 'Edo' }), ana, ben, cleo] });
  });
  const pill = page.getByRole('button', { name: '2 new', exact: true });
  await pill.waitFor();
  expect(await names(page)).toEqual(['Ana', 'Ben', 'Cleo', 'Dora']);
  await row(page, 'Dora, 1 unread').waitFor();
  await pill.click();
  await expect.poll(async () => await names(page)).toEqual(['Dora', 'Edo', 'Ana', 'Ben', 'Cleo']);
  expect(await pill.count()).toBe(0);
});

it('keeps its order while the focus is in it, and updates it when the focus leaves', async () => {
  const page = await harness.open();
  await fourVisitors(page);
  await row(page, 'Ana, waiting 51 min').focus();
  await page.evaluate(() => {
    const { chat } = window.harness;
    chat.set({ conversations: chat.getSnapshot().conversations.toReversed() });
  });
  await page.evaluate(async () => await new Promise(requestAnimationFrame));
  expect(await names(page)).toEqual(['Ana', 'Ben', 'Cleo', 'Dora']);
  await page.keyboard.press('Shift+Tab');
  await expect.poll(async () => await names(page)).toEqual(['Dora', 'Cleo', 'Ben', 'Ana']);
});

it('is one stop for Tab, with arrow keys, Home, End and letters inside', async () => {
  const page = await harness.open();
  await fourVisitors(page);
  await page.getByRole('link', { name: 'Done', exact: true }).focus();
  await page.keyboard.press('Tab');
  expect(await focusedRow(page)).toBe('Ana');
  await page.keyboard.press('ArrowDown');
  expect(await focusedRow(page)).toBe('Ben');
  await page.keyboard.press('End');
  expect(await focusedRow(page)).toBe('Dora');
  await page.keyboard.press('Home');
  expect(await focusedRow(page)).toBe('Ana');
  await page.keyboard.type('cl');
  expect(await focusedRow(page)).toBe('Cleo');
  await page.keyboard.press('Tab');
  expect(await list(page).evaluate((element) => element.contains(document.activeElement))).toBe(false);
  await page.keyboard.press('Shift+Tab');
  expect(await focusedRow(page)).toBe('Cleo');
});

it('loads more rows when its end comes into view', async () => {
  const page = await harness.open();
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    chat.set({
      hasMore: true,
      conversations: Array.from({ length: 50 }, (_, index) => summaryOf({ clientId: index + 1, username: `Visitor number ${index + 1}` })),
    });
  });
  await row(page, 'Visitor number 1').waitFor();
  await page.evaluate(async () => await new Promise(requestAnimationFrame));
  expect(await asked(page)).not.toContain('more');
  await row(page, 'Visitor number 1').focus();
  await page.keyboard.press('End');
  await expect.poll(async () => await asked(page)).toContain('more');
});

it('shows placeholders while rows are loading', async () => {
  const page = await harness.open('nothing');
  await page.evaluate(() => {
    window.harness.chat.set({ list: 'loading' });
    window.harness.show('console');
  });
  await page.getByRole('status').getByText('Loading conversations').waitFor();
  await page.evaluate(() => window.harness.chat.set({ list: 'failed' }));
  await page.getByText('The conversations could not be loaded. Retrying…').waitFor();
  expect(await page.getByText('Loading conversations').count()).toBe(0);
});
