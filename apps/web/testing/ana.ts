import type { Page } from 'playwright-core';

import type { ConsoleHarness } from './console-page.ts';

/** The console with Ana's conversation open, `count` messages of hers in it; nobody has seen those from `firstUnread` on. */
export async function openAna(harness: Pick<ConsoleHarness, 'open'>, count: number, firstUnread: number | null = null): Promise<Page> {
  const page = await harness.open('nothing', { path: '/?c=1' });
  await page.evaluate(
    ([many, unread]) => {
      const { chat, summaryOf, messageOf } = window.harness;
      const messages = Array.from({ length: many }, (_, index) =>
        messageOf({ key: `m${index}`, text: `Message ${index}`, createdAt: new Date(Date.now() - (many - index) * 600_000).toISOString() }),
      );
      const ids = messages.map(({ senderType, key }) => `${senderType} ${key}`);
      chat.conversation(1).set({
        messages,
        firstUnreadKey: unread === null ? null : `m${unread}`,
        unread: unread === null ? [] : ids.slice(unread),
      });
      chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana Example' }), summaryOf({ clientId: 2, username: 'Ben' })] });
      window.harness.show('console');
    },
    [count, firstUnread] as const,
  );
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  return page;
}

/** What stands in Ana's conversation, and where. */
export const log = (page: Page) => page.getByRole('log', { name: 'Messages' });
export const asked = async (page: Page, what: string) =>
  (await page.evaluate(() => window.harness.chat.conversation(1).asked)).filter((entry) => entry.startsWith(what));
export const view = async (page: Page) => await page.evaluate(() => window.harness.chat.conversation(1).view);
export const fromEnd = async (page: Page) =>
  await log(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
export const topOf = async (page: Page, text: string) => (await log(page).getByText(text, { exact: true }).boundingBox())?.y ?? Number.NaN;
