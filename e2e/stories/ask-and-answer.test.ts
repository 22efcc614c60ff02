import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage, expectOrder } from '../harness/console-page.ts';
import { rowsOf } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

it('a visitor asks, an operator answers, and after a reload both see all messages in order, each once', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Ana Example');

  await visitor.say('Do you ship to Norway?');
  await operator.rowUnread('Ana Example', 1).waitFor();
  await operator.openConversation('Ana Example');
  await operator.message('Do you ship to Norway?').waitFor();
  await operator.say('Yes, within a week.');
  await visitor.message('Yes, within a week.').waitFor();
  await visitor.log().getByText('Maya Lindqvist').first().waitFor();
  await visitor.say('Lovely. How much?');
  await operator.message('Lovely. How much?').waitFor();
  await operator.say('Nine euros.');
  await visitor.message('Nine euros.').waitFor();

  const said = ['Do you ship to Norway?', 'Yes, within a week.', 'Lovely. How much?', 'Nine euros.'];
  await expectOrder(visitor.log(), said);
  await expectOrder(operator.log(), said);
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Ana Example')).map((row) => row.text)).toEqual(said);

  await visitor.page.reload();
  await visitor.openChat();
  await operator.page.reload();
  await operator.page.getByRole('heading', { name: 'Ana Example', exact: true }).or(operator.row('Ana Example')).first().waitFor();
  if (!(await operator.log().isVisible())) await operator.openConversation('Ana Example');
  await expectOrder(visitor.log(), said);
  await expectOrder(operator.log(), said);

  const rows = await rowsOf(system.databaseUrl, 'Ana Example');
  expect(rows.map(({ senderType, text, operator: name }) => ({ senderType, text, name }))).toEqual([
    { senderType: 'CLIENT', text: said[0], name: null },
    { senderType: 'OPERATOR', text: said[1], name: 'Maya Lindqvist' },
    { senderType: 'CLIENT', text: said[2], name: null },
    { senderType: 'OPERATOR', text: said[3], name: 'Maya Lindqvist' },
  ]);
  expect(rows.map(({ seq }) => seq).toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4]);
  expect(new Set(rows.map((row) => row.messageKey)).size).toBe(4);
  await visitor.close();
  await operator.close();
});

it('a message says Sent only when the database has it, and Read when the other side has seen it', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Bea Example');
  // Nothing is saved while requests to save are blocked; the relay still delivers.
  await visitor.page.route('**/api/chat/messages', async (route) =>
    route.request().method() === 'POST' ? await route.abort() : await route.continue(),
  );
  await visitor.say('Is anybody there?');
  await operator.row('Bea Example').waitFor();
  await visitor.log().getByText('Sending', { exact: true }).waitFor();
  expect(await visitor.log().getByText('Sent', { exact: true }).count()).toBe(0);
  await visitor.page.unroute('**/api/chat/messages');
  await visitor
    .log()
    .getByText(/^(Sent|Delivered)$/)
    .waitFor();
  expect((await rowsOf(system.databaseUrl, 'Bea Example')).map((row) => row.text)).toEqual(['Is anybody there?']);
  await operator.openConversation('Bea Example');
  await operator.page.bringToFront();
  await visitor.log().getByText('Read', { exact: true }).waitFor();
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Bea Example'))[0]?.isRead).toBe(true);
  expect((await rowsOf(system.databaseUrl, 'Bea Example'))[0]?.readAt).toBeInstanceOf(Date);
  await visitor.close();
  await operator.close();
});

it('a visitor writes while no operator is connected; an operator finds the message later, and the visitor finds the answer', async () => {
  const visitor = await WidgetPage.started(browser, system.host, 'Cleo Example');
  await visitor.say('I will be back tomorrow.');
  await visitor.log().getByText('Sent', { exact: true }).waitFor();
  await visitor.closeChat();
  await visitor.page.goto('about:blank');

  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.omar);
  await operator.rowUnread('Cleo Example', 1).waitFor();
  await operator.openConversation('Cleo Example');
  await operator.message('I will be back tomorrow.').waitFor();
  await operator.say('We kept the lamp for you.');
  await operator.log().getByText('Sent', { exact: true }).waitFor();

  await visitor.page.goto(system.host);
  await visitor.page.getByRole('button', { name: 'Open chat, 1 unread', exact: true }).click();
  await expectOrder(visitor.log(), ['I will be back tomorrow.', 'We kept the lamp for you.']);
  await operator.log().getByText('Read', { exact: true }).waitFor();
  await visitor.close();
  await operator.close();
});

it('on another site, in a browser that gives frames no storage, the chat works and says that messages are not kept', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.foreignHost, 'Yara Example');
  await visitor
    .frame()
    .getByText(/keeps nothing/)
    .waitFor();
  await visitor.say('Can you hear me?');
  await operator.openConversation('Yara Example');
  await operator.say('Loud and clear.');
  await expectOrder(visitor.log(), ['Can you hear me?', 'Loud and clear.']);
  await visitor.close();
  await operator.close();
});
