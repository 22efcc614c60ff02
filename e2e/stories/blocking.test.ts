import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage, expectOrder } from '../harness/console-page.ts';
import { query, rowsOf } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';
import { within } from '../harness/within.ts';

const system = inject('system');
const browser = useBrowser();

/** How soon a blocked visitor's page shows it; its regular check comes only every 20 s. Milliseconds of a quiet machine. */
const REVOKED_WITHIN_MS = 5_000;
const CLOSED = 'This chat was closed by the team. You can’t write here any more.';

it('an operator blocks a visitor: the chat is closed in all their pages within seconds and after a reload, until they are unblocked', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const colleague = await ConsolePage.signedIn(browser, system, OPERATORS.omar);
  const visitor = await WidgetPage.started(browser, system.host, 'Nils Example');
  const closed = visitor.frame().getByText(CLOSED);
  const writing = visitor.frame().getByRole('textbox', { name: 'Message', exact: true });
  await visitor.say('Buy my lamps');
  await operator.openConversation('Nils Example');
  await colleague.openConversation('Nils Example');
  await operator.choose('Block visitor');
  await operator.page.getByRole('button', { name: 'Block', exact: true }).click();
  await within(REVOKED_WITHIN_MS, 'the page says that the chat is closed', async () => await closed.isVisible());
  expect(await writing.count()).toBe(0);
  expect(await visitor.frame().getByRole('button', { name: 'End chat', exact: true }).count()).toBe(0);
  for (const { page } of [operator, colleague]) await page.getByRole('button', { name: 'Unblock', exact: true }).waitFor();

  await visitor.page.reload();
  await visitor.openChat();
  await closed.waitFor();
  expect(await writing.count()).toBe(0);
  expect(await query(system.databaseUrl, 'SELECT count(*)::int AS count FROM "Client" WHERE username = $1', ['Nils Example'])).toEqual([
    { count: 1 },
  ]);

  await colleague.page.getByRole('button', { name: 'Unblock', exact: true }).click();
  await writing.waitFor();
  await visitor.say('Sorry about that');
  await operator.say('No harm done');
  for (const log of [visitor.log(), operator.log(), colleague.log()])
    await expectOrder(log, ['Buy my lamps', 'Sorry about that', 'No harm done']);
  expect((await rowsOf(system.databaseUrl, 'Nils Example')).map(({ text }) => text)).toEqual([
    'Buy my lamps',
    'Sorry about that',
    'No harm done',
  ]);
  await Promise.all([visitor.close(), operator.close(), colleague.close()]);
});
