import { FakeServer } from '@switchboard/client/testing';
import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';

import { fromEnd, log, topOf } from '../../testing/ana.ts';
import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();
const MAYA = { operatorId: 1, name: 'Maya Lindqvist' };
let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
});

/** A console in which the real client runs, without a relay. */
async function openConsole(size = { width: 1440, height: 900 }): Promise<Page> {
  const page = await harness.open('nothing', { viewport: size, api: server.fetchAs(MAYA) });
  await page.evaluate(() => window.harness.connect());
  await page.getByRole('list', { name: 'Conversations' }).waitFor();
  return page;
}

/** Opens the conversation as an address does. */
async function openConversation(page: Page, clientId: number): Promise<void> {
  await page.evaluate((id) => {
    window.history.replaceState(null, '', `/?c=${id}`);
    window.dispatchEvent(new PopStateEvent('popstate'));
  }, clientId);
  await log(page).locator('[data-key]').last().waitFor({ state: 'attached' });
}

/** A visitor with this many messages of different heights, of which operators have read those up to `read`. */
function addVisitor(name: string, count: number, read = count): number {
  const client = server.addClient(name);
  const start = Date.now() - count * 400_000;
  for (let index = 1; index <= count; index += 1) {
    const sentAt = new Date(start + index * (index % 3 === 0 ? 400_000 : 390_000)).toISOString();
    const text = `${name} ${index}. ${'A few words more. '.repeat((index * 7 + count) % 23)}`;
    const answers = index % 4 === 0 ? ({ senderType: 'OPERATOR', ...MAYA, operatorName: MAYA.name } as const) : {};
    server.commit(client.id, { text, sentAt, ...answers });
  }
  client.receipts = { ...client.receipts, operatorReadSeq: read, operatorDeliveredSeq: read };
  return client.id;
}

/** Waits two frames, until layout effects have run. */
const frames = async (page: Page) =>
  await page.evaluate(
    async () => await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve)))),
  );
const readSeq = (clientId: number) => server.clients.get(clientId)?.receipts.operatorReadSeq;

it.each([
  [1440, 900],
  [1024, 700],
  [390, 780],
])('opens every conversation exactly at its end, %i × %i', async (width, height) => {
  const ids = Array.from({ length: 60 }, (_, index) => addVisitor(`Visitor ${index}`, 8 + (index % 20)));
  const page = await openConsole({ width, height });
  const away: string[] = [];
  for (const id of ids) {
    await openConversation(page, id);
    await frames(page);
    const [left, tall] = [await fromEnd(page), await log(page).evaluate((element) => element.scrollHeight > element.clientHeight)];
    if (left >= 2) away.push(`${id}: ${left} px`);
    if (!tall && width > 1_000 && height < 800) away.push(`${id} does not scroll`);
  }
  expect(away).toEqual([]);
});

it('opens with the divider at the upper edge, and marks nothing as read before it was in view', async () => {
  const id = addVisitor('Ana', 60, 30);
  const page = await openConsole();
  await openConversation(page, id);
  const divider = log(page).locator('[data-new-divider]');
  await divider.waitFor();
  await frames(page);
  const frame = (await log(page).boundingBox()) ?? { y: 0, height: 0 };
  expect(Math.abs(((await divider.boundingBox())?.y ?? 0) - frame.y - 16)).toBeLessThan(2);
  // Messages in view become read, and none below.
  await expect.poll(() => readSeq(id)).toBeGreaterThan(30);
  const inView = await log(page).evaluate((element) => {
    const edge = element.getBoundingClientRect().bottom;
    return [...element.querySelectorAll('[data-key]')].filter((message) => message.getBoundingClientRect().top < edge).length;
  });
  const loaded = await log(page).locator('[data-key]').count();
  const last = 60 - (loaded - inView);
  await expect.poll(() => readSeq(id)).toBeGreaterThanOrEqual(last - 3);
  expect(readSeq(id)).toBeLessThanOrEqual(last);
  expect(readSeq(id)).toBeLessThan(58);
  await page.getByRole('button', { name: 'New messages', exact: true }).waitFor();
  // The read mark follows.
  for (let before = readSeq(id) ?? 0; before < 59; before = readSeq(id) ?? 0) {
    await log(page).evaluate((element) => (element.scrollTop += element.clientHeight / 2));
    await expect.poll(() => readSeq(id)).toBeGreaterThan(before);
  }
  expect(await fromEnd(page)).toBeLessThan(400);
});

it('opens at unread messages before the first page', async () => {
  const id = addVisitor('Ana', 300, 40);
  const page = await openConsole();
  await openConversation(page, id);
  await log(page).locator('[data-new-divider]').waitFor();
  await frames(page);
  const frame = (await log(page).boundingBox()) ?? { y: 0 };
  const first = log(page).getByText(/^Ana 41\./);
  expect(((await first.boundingBox())?.y ?? 0) - frame.y).toBeLessThan(200);
  expect(((await first.boundingBox())?.y ?? 0) - frame.y).toBeGreaterThan(16);
});

it('does not mark a message as read that arrives above the view, leads there, and marks it there', async () => {
  const id = addVisitor('Ana', 60);
  const page = await openConsole();
  await openConversation(page, id);
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  const sentAt = new Date(Date.parse(server.clients.get(id)?.rows[19]?.createdAt ?? '') + 1_000).toISOString();
  server.commit(id, { text: 'Written long ago', sentAt });
  // A page that becomes visible fetches changes.
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  const pill = page.getByRole('button', { name: 'New message', exact: true });
  await pill.waitFor();
  // A second has passed: another message, which is in view, is read by now.
  expect(await fromEnd(page)).toBeLessThan(2);
  expect(readSeq(id)).toBeLessThan(61);
  await pill.click();
  await expect.poll(() => readSeq(id)).toBe(61);
  const frame = (await log(page).boundingBox()) ?? { y: 0, height: 0 };
  const top = (await topOf(page, 'Written long ago')) - frame.y;
  expect(top).toBeGreaterThan(0);
  expect(top).toBeLessThan(frame.height);
  await log(page).getByText('New', { exact: true }).waitFor();
});

it('marks nothing as read while the window does not have the focus', async () => {
  const id = addVisitor('Ana', 12, 6);
  const page = await openConsole();
  await page.evaluate(() => {
    document.hasFocus = () => false;
    window.dispatchEvent(new Event('blur'));
  });
  await openConversation(page, id);
  await log(page).locator('[data-new-divider]').waitFor();
  await expect.poll(() => server.clients.get(id)?.receipts.operatorDeliveredSeq).toBe(11);
  await page.evaluate(async () => await new Promise((resolve) => setTimeout(resolve, 1_500)));
  expect(readSeq(id)).toBe(6);
  await page.evaluate(() => {
    document.hasFocus = () => true;
    window.dispatchEvent(new Event('focus'));
  });
  await expect.poll(() => readSeq(id)).toBe(11);
});
