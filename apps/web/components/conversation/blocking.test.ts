import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleStage } from '../../testing/use-console-stage.ts';

const stage = useConsoleStage();

/** The console with Ana's conversation open; on a narrow screen the details lie over it. */
async function withAna(width = 1440): Promise<Page> {
  const page = await stage.open('nothing', { path: '/?c=1', viewport: { width, height: 800 } });
  await page.evaluate(() => {
    const { chat, summaryOf, messageOf } = window.stage;
    chat.conversation(1).set({ messages: [messageOf({ key: 'm', text: 'Buy my lamps' })] });
    chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana Example' }), summaryOf({ clientId: 2, username: 'Ben' })] });
    window.stage.show('console');
  });
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  return page;
}
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const focused = async (page: Page) => await page.evaluate(() => document.activeElement?.textContent);

it('blocks by keyboard alone, once it was asked again, and unblocks where one would write', async () => {
  const page = await withAna();
  await button(page, 'Block visitor').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('group', { name: 'Block Ana Example?' }).waitFor();
  await expect.poll(async () => await focused(page)).toBe('Block');
  await page.keyboard.press('Escape');
  await expect.poll(async () => await focused(page)).toBe('Block visitor');
  expect(await field(page).isVisible()).toBe(true);
  await page.keyboard.press('Enter');
  await expect.poll(async () => await focused(page)).toBe('Block');
  await page.keyboard.press('Enter');
  await page.getByText('Ana Example is blocked: they can’t write here, and would not see a reply.').waitFor();
  expect(await field(page).count()).toBe(0);
  // The focus stays where it was, in the details.
  await expect.poll(async () => await focused(page)).toContain('Started');
  expect(await button(page, 'Block visitor').count()).toBe(0);
  await page.getByRole('list', { name: 'Conversations' }).getByText('Blocked', { exact: true }).waitFor();
  await page.getByRole('log', { name: 'Messages' }).getByText('Buy my lamps').waitFor();
  await button(page, 'Unblock').click();
  await field(page).waitFor();
  await button(page, 'Block visitor').waitFor();
});

it('says why it did not work, and changes nothing', async () => {
  const page = await withAna();
  await page.evaluate(() => {
    window.stage.chat.refusal = new window.stage.ChatError('unavailable', 'The database is not reachable.');
  });
  await button(page, 'Block visitor').click();
  await button(page, 'Block').click();
  await page.getByRole('alert').getByText('The database is not reachable.').waitFor();
  expect(await field(page).isVisible()).toBe(true);
});

it('does so on a phone, too, where the details lie over the conversation', async () => {
  const page = await withAna(390);
  await button(page, 'Show details').click();
  await button(page, 'Block visitor').click();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Details' }).waitFor();
  await button(page, 'Block visitor').click();
  await button(page, 'Block').click();
  await page.keyboard.press('Escape');
  await button(page, 'Unblock').waitFor();
  await expect.poll(async () => await page.getByRole('dialog', { name: 'Details' }).count()).toBe(0);
});
