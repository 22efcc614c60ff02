import { randomUUID } from 'node:crypto';

import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage } from '../harness/console-page.ts';
import { query } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';
import { within } from '../harness/within.ts';

const system = inject('system');
const browser = useBrowser();

interface Session {
  readonly token: string;
}

async function post<T>(path: string, body: unknown, token?: string): Promise<T> {
  const answer = await fetch(`${system.web}/api/chat/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Saves messages like a visitor's client after a time offline. `minutesAgo`: of the first message, the others follow a minute apart. */
async function save(token: string, texts: readonly string[], minutesAgo: number): Promise<void> {
  const start = Date.now() - minutesAgo * 60_000;
  const messages = texts.map((text, index) => ({
    messageKey: randomUUID(),
    messageType: 'TEXT',
    text,
    sentAt: new Date(start + index * 60_000).toISOString(),
  }));
  await post('messages', { messages }, token);
}

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => `Question ${index + 1}. ${'More of it. '.repeat((index * 7) % 19)}`);
const readSeq = async (visitor: string) =>
  (await query<{ operatorReadSeq: number }>(system.databaseUrl, 'SELECT "operatorReadSeq" FROM "Client" WHERE username = $1', [visitor]))[0]
    ?.operatorReadSeq ?? 0;
const fromEnd = async (page: Page) =>
  await page.getByRole('log', { name: 'Messages' }).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);

it('an operator opens a conversation at its first unread message, and messages that were not in view stay unread', async () => {
  const { token } = await post<Session>('sessions', { username: 'Rita Example' });
  await save(token, many(40), 60);
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  await operator.openConversation('Rita Example');
  await operator
    .log()
    .getByText(/^Question 1\./)
    .waitFor();
  const frame = await operator.log().boundingBox();
  const divider = operator.log().getByText('New', { exact: true });
  await expect.poll(async () => ((await divider.boundingBox())?.y ?? 9_999) - (frame?.y ?? 0)).toBeLessThan(40);
  await expect.poll(async () => await readSeq('Rita Example')).toBeGreaterThan(0);
  expect(await readSeq('Rita Example')).toBeLessThan(30);
  for (let before = await readSeq('Rita Example'); before < 40; before = await readSeq('Rita Example')) {
    await operator.log().evaluate((element) => (element.scrollTop += element.clientHeight * 0.6));
    await expect.poll(async () => await readSeq('Rita Example')).toBeGreaterThan(before);
  }

  // All messages are read: from now on the conversation opens at its end.
  await operator.page.reload();
  await operator
    .log()
    .getByText(/^Question 40\./)
    .waitFor();
  await expect.poll(async () => await fromEnd(operator.page)).toBeLessThan(2);

  // A message that was written before the others and saved only now is above the visible part.
  await save(token, ['Written in the tunnel'], 45);
  const pill = operator.page.getByRole('button', { name: 'New message', exact: true });
  await pill.waitFor();
  expect(await fromEnd(operator.page)).toBeLessThan(2);
  expect(await readSeq('Rita Example')).toBe(40);
  await pill.click();
  await expect.poll(async () => await readSeq('Rita Example')).toBe(41);
  await operator.close();
});

it('messages that a visitor reads in one tab are read in their other tabs', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const first = await WidgetPage.started(browser, system.host, 'Sven Example');
  await first.say('Is anybody there?');
  await operator.openConversation('Sven Example');
  await operator.message('Is anybody there?').waitFor();
  await first.closeChat();
  const other = await first.context.newPage();
  await other.goto(system.host);
  const second = new WidgetPage(other, first.context);
  await operator.say('I am.');
  const badge = (widget: WidgetPage) => widget.page.getByRole('button', { name: 'Open chat, 1 unread', exact: true });
  await Promise.all([badge(first).waitFor(), badge(second).waitFor()]);
  await first.page.bringToFront();
  await first.openChat();
  await first.message('I am.').waitFor();
  await within(10_000, 'the other tab knows that it was read', async () => (await badge(second).count()) === 0);
  await expect.poll(async () => await operator.log().getByText('Read', { exact: true }).count()).toBeGreaterThan(0);
  await Promise.all([first.close(), operator.close()]);
});

it('a visitor who uses another program has not read the answer, although the page is visible', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Tove Example');
  await visitor.say('Do you have it in blue?');
  await operator.openConversation('Tove Example');
  await operator.message('Do you have it in blue?').waitFor();
  const look = async (focused: boolean) => {
    for (const frame of visitor.page.frames()) {
      await frame.evaluate((has) => {
        document.hasFocus = () => has;
        window.dispatchEvent(new Event(has ? 'focus' : 'blur'));
      }, focused);
    }
  };
  await look(false);
  await operator.say('Yes, we do.');
  await visitor.message('Yes, we do.').waitFor();
  await operator.log().getByText('Delivered', { exact: true }).waitFor();
  // Long enough for it to count as read, if the page had the focus.
  await visitor.page.evaluate(async () => await new Promise((resolve) => setTimeout(resolve, 2_500)));
  expect(await operator.log().getByText('Read', { exact: true }).count()).toBeLessThan(1);
  await look(true);
  await operator.log().getByText('Read', { exact: true }).waitFor();
  await Promise.all([visitor.close(), operator.close()]);
});
