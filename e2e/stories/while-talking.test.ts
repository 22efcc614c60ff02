import type { FrameLocator, Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage, expectOrder } from '../harness/console-page.ts';
import { query, rowsOf } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

/** Waits until the other side is shown as typing, then until it is not. */
async function expectTyping(view: Page | FrameLocator): Promise<void> {
  const notice = view.getByText(/typing/i).first();
  await notice.waitFor();
  await notice.waitFor({ state: 'hidden' });
}

it('each side sees that the other one is typing, until it stops', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Hana Example');
  await visitor.say('Hello');
  await operator.openConversation('Hana Example');
  await visitor.frame().getByRole('textbox', { name: 'Message', exact: true }).pressSequentially('I was wond');
  await expectTyping(operator.page);
  await operator.page.getByRole('textbox', { name: 'Message', exact: true }).pressSequentially('Yes?');
  await expectTyping(visitor.frame());
  await Promise.all([visitor.close(), operator.close()]);
});

it('unread counts grow on both sides and disappear when the conversation is viewed', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Ivo Example');
  await visitor.say('One');
  await visitor.say('Two');
  await operator.rowUnread('Ivo Example', 2).waitFor();
  await operator.openConversation('Ivo Example');
  // Viewed, but not answered.
  await operator
    .list()
    .getByRole('button', { name: /^Ivo Example, waiting (now|\d+ min)$/ })
    .waitFor();
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Ivo Example')).map((row) => row.isRead)).toEqual([true, true]);
  expect(await query(system.databaseUrl, 'SELECT "unreadCount" FROM "Client" WHERE username = $1', ['Ivo Example'])).toEqual([
    { unreadCount: 0 },
  ]);

  await visitor.closeChat();
  await operator.say('Three');
  await operator.say('Four');
  await visitor.page.getByRole('button', { name: 'Open chat, 2 unread', exact: true }).waitFor();
  await visitor.openChat();
  await expectOrder(visitor.log(), ['One', 'Two', 'Three', 'Four']);
  // Visible for a second.
  await operator.log().getByText('Read', { exact: true }).last().waitFor();
  await visitor.closeChat();
  await visitor.page.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
  await Promise.all([visitor.close(), operator.close()]);
});

it('a visitor ends the chat: the console shows it, also after a reload, and the visitor may start another one', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Jade Example');
  await visitor.say('That was all.');
  await visitor
    .log()
    .getByText(/^(Sent|Delivered)$/)
    .waitFor();
  await operator.openConversation('Jade Example');
  await visitor.frame().getByRole('button', { name: 'End chat', exact: true }).click();
  const confirm = visitor
    .frame()
    .getByRole('button', { name: /^(End chat|End|Yes, end chat)$/ })
    .last();
  if (await confirm.isVisible()) await confirm.click();
  await operator.page
    .getByText(/ended the chat/i)
    .first()
    .waitFor();
  await expect
    .poll(async () => await query(system.databaseUrl, 'SELECT status FROM "Client" WHERE username = $1', ['Jade Example']))
    .toEqual([{ status: 'ENDED' }]);
  await operator.page.reload();
  if (!(await operator.log().isVisible())) await operator.openConversation('Jade Example');
  await operator.page
    .getByText(/ended the chat/i)
    .first()
    .waitFor();
  const again = visitor.frame().getByRole('button', { name: /new chat/i });
  if (await again.isVisible()) await again.click();
  await visitor.start('Jade Again');
  await visitor.say('One more thing.');
  await operator.row('Jade Again').waitFor();
  await Promise.all([visitor.close(), operator.close()]);
});

it('text that looks like HTML is shown as it was typed, on both sides, and never runs', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const hostile = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
  const visitor = await WidgetPage.started(browser, system.host, '<b>Kim</b>');
  await visitor.say(hostile);
  await operator
    .list()
    .getByRole('button', { name: /<b>Kim<\/b>/ })
    .click();
  await operator.message(hostile).waitFor();
  await operator.say(hostile);
  await expectOrder(visitor.log(), [hostile, hostile]);
  expect(await operator.page.title()).not.toContain('owned');
  expect(
    await visitor
      .frame()
      .locator(':root')
      .evaluate(() => document.title),
  ).not.toContain('owned');
  await Promise.all([visitor.close(), operator.close()]);
});
