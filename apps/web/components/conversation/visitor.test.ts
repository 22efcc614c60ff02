import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();

type Summary = Parameters<(typeof window)['harness']['summaryOf']>[0];

/** The console with Ana's conversation open. */
async function withAna(more: Partial<Summary> = {}, width = 1440): Promise<Page> {
  const page = await harness.open('nothing', { path: '/?c=1', viewport: { width, height: 800 } });
  await page.evaluate((given) => {
    const { chat, summaryOf, messageOf } = window.harness;
    const createdAt = new Date(Date.now() - 600_000).toISOString();
    chat.conversation(1).set({ messages: [messageOf({ key: 'm', text: 'Hello', createdAt })], endedAt: given.endedAt ?? null });
    chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana', ...given })] });
    window.harness.show('console');
  }, more);
  await page.getByRole('heading', { name: 'Ana', exact: true }).waitFor();
  return page;
}
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const facts = async (page: Page) =>
  await page
    .getByRole('complementary', { name: 'Details' })
    .locator('dt')
    .evaluateAll((terms) => terms.map((term) => term.textContent));
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });

it('shows the visitor’s current and earlier pages, language and browser', async () => {
  const page = await withAna({
    email: 'ana@lamps.example',
    phone: '+46 70 123 45 67',
    pageUrl: 'https://shop.example/cart?step=2',
    pageAt: minutesAgo(2),
    lastSeenAt: minutesAgo(0),
    pages: [
      { url: 'https://shop.example/cart?step=2', at: minutesAgo(2) },
      { url: 'https://shop.example/cart?step=2', at: minutesAgo(3) },
      { url: 'https://shop.example/lamps/moss', at: minutesAgo(5) },
    ],
    locale: 'sv-SE',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0',
  });
  const details = page.getByRole('complementary', { name: 'Details' });
  expect(await facts(page)).toEqual(['Now', 'Email', 'Phone', 'Page', 'Pages before', 'Language', 'Browser', 'First seen']);
  expect(await details.locator('ol a').allTextContents()).toEqual(['/lamps/moss']);
  await details.getByText('Swedish', { exact: false }).waitFor();
  await details.getByText('Firefox 144 on Mac', { exact: true }).waitFor();
  expect(await details.getByRole('link', { name: '+46 70 123 45 67' }).getAttribute('href')).toBe('tel:+46701234567');
  expect(await details.getByRole('link', { name: 'ana@lamps.example' }).getAttribute('href')).toBe('mailto:ana@lamps.example');
  await page.getByRole('region', { name: 'Conversation' }).getByText('Here now').waitFor();
  await page.evaluate((at) => window.harness.chat.summarize(1, { lastSeenAt: at }), minutesAgo(3));
  await page.getByRole('region', { name: 'Conversation' }).getByText('Left 3 min ago').waitFor();
});

it('shows where the chat was started if the current page is unknown, and omits unknown data', async () => {
  const page = await withAna({ pageUrl: 'https://shop.example/lamps' });
  expect(await facts(page)).toEqual(['Started on', 'First seen']);
  await page.getByRole('region', { name: 'Conversation' }).getByText('Started on shop.example/lamps').waitFor();
  await page.evaluate(() => window.harness.chat.summarize(1, { pageUrl: 'javascript:alert(1)' }));
  expect(await page.getByRole('link', { name: 'javascript' }).count()).toBe(0);
});

it('shows a visitor who is in no view, and refreshes their presence while the operator looks', async () => {
  const page = await harness.open('nothing', { path: '/?c=7' });
  await page.clock.install();
  await page.evaluate(() => {
    window.harness.chat.elsewhere.set(7, window.harness.summaryOf({ clientId: 7, username: 'Gus' }));
    window.harness.show('console');
  });
  await page.getByRole('heading', { name: 'Gus', exact: true }).waitFor();
  const count = async () => (await page.evaluate(() => window.harness.chat.asked)).filter((entry) => entry === 'summary 7').length;
  const before = await count();
  expect(before).toBeGreaterThan(0);
  await page.clock.runFor(31_000);
  expect(await count()).toBe(before + 1);
});

it('covers the end of the conversation on a narrow window, and closes with Esc', async () => {
  const page = await withAna({}, 900);
  await page.getByRole('button', { name: 'Show details' }).click();
  const pane = page.getByRole('complementary', { name: 'Details' });
  const box = await pane.boundingBox();
  expect([box?.width, (box?.x ?? 0) + (box?.width ?? 0)]).toEqual([320, 900]);
  await field(page).waitFor();
  await page.keyboard.press('Escape');
  await pane.waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Ana', exact: true }).waitFor();
});

it('offers links to reach a visitor who has left', async () => {
  const page = await withAna({ endedAt: minutesAgo(1), email: 'ana@lamps.example' });
  await page.getByText('has left, so a reply would not be seen.').waitFor();
  expect(await field(page).count()).toBe(0);
  const link = page.getByRole('region', { name: 'Conversation' }).getByRole('link', { name: 'ana@lamps.example' });
  expect(await link.getAttribute('href')).toBe('mailto:ana@lamps.example');
});

it('never hides the message field while a message is unanswered or a draft exists', async () => {
  const page = await withAna({ endedAt: minutesAgo(5), waitingSince: minutesAgo(6) });
  await page.getByText('has left, so a reply may not be seen.').waitFor();
  await field(page).fill('Half a sen');
  await page.evaluate(() => window.harness.chat.summarize(1, { waitingSince: null }));
  expect(await field(page).inputValue()).toBe('Half a sen');
  await field(page).fill('');
  await expect.poll(async () => await field(page).count()).toBe(0);
  // Sent after the end, according to the clocks.
  await page.evaluate(() => window.harness.chat.visitorSays(1, 'One more thing'));
  await field(page).waitFor();
});
