import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();

/** The console with Ana's conversation open. */
async function withAna(width = 1440): Promise<Page> {
  const page = await harness.open('nothing', { path: '/?c=1', viewport: { width, height: 800 } });
  await page.evaluate(() => {
    const { chat, summaryOf, messageOf } = window.harness;
    chat.conversation(1).set({ messages: [messageOf({ key: 'm', text: 'Buy my lamps' })] });
    chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana Example' }), summaryOf({ clientId: 2, username: 'Ben' })] });
    window.harness.show('console');
  });
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  return page;
}
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const focused = async (page: Page) => await page.evaluate(() => document.activeElement?.textContent);

it('blocks by keyboard after confirmation, and unblocks in place of the composer', async () => {
  const page = await withAna();
  const dialog = page.getByRole('dialog', { name: 'Block Ana Example?' });
  const ask = async () => {
    await button(page, 'More').focus();
    await page.keyboard.press('Enter');
    const item = page.getByRole('menuitem', { name: 'Block visitor', exact: true });
    await expect.poll(async () => await item.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await dialog.waitFor();
  };
  await ask();
  // The harmless button has the focus.
  await expect.poll(async () => await focused(page)).toBe('Cancel');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(async () => await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('More');
  expect(await field(page).isVisible()).toBe(true);
  await ask();
  await page.keyboard.press('Shift+Tab');
  await expect.poll(async () => await focused(page)).toBe('Block');
  await page.keyboard.press('Enter');
  await page.getByText('Ana Example is blocked: they can’t write here, and would not see a reply.').waitFor();
  expect(await field(page).count()).toBe(0);
  await expect.poll(async () => await focused(page)).toBe('Unblock');
  expect(await button(page, 'More').count()).toBe(0);
  await page.getByRole('list', { name: 'Conversations' }).getByTitle('Blocked').waitFor();
  await page.getByRole('log', { name: 'Messages' }).getByText('Buy my lamps').waitFor();
  await button(page, 'Unblock').click();
  await field(page).waitFor();
  await button(page, 'More').waitFor();
});

it('shows why blocking failed, and changes nothing', async () => {
  const page = await withAna();
  await page.evaluate(() => {
    window.harness.chat.refusal = new window.harness.ChatError('unavailable', 'The database is not reachable.');
  });
  await button(page, 'More').click();
  await page.getByRole('menuitem', { name: 'Block visitor', exact: true }).click();
  await button(page, 'Block').click();
  await page.getByRole('alert').getByText('The server could not be reached.').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(async () => await page.getByRole('dialog').count()).toBe(0);
  await field(page).waitFor();
});

it('works on a phone, too', async () => {
  const page = await withAna(390);
  await button(page, 'More').click();
  await page.getByRole('menuitem', { name: 'Block visitor', exact: true }).click();
  await button(page, 'Block').click();
  await button(page, 'Unblock').waitFor();
  await expect.poll(async () => await page.getByRole('dialog').count()).toBe(0);
});
