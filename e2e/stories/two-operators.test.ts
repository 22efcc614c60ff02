import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage, expectOrder } from '../harness/console-page.ts';
import { rowsOf } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

it('two operators see each other’s answers immediately, with the right name, and the database has each once', async () => {
  const maya = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const omar = await ConsolePage.signedIn(browser, system, OPERATORS.omar);
  const visitor = await WidgetPage.started(browser, system.host, 'Dora Example');
  await visitor.say('Which one of you is the expert?');
  await maya.openConversation('Dora Example');
  await omar.openConversation('Dora Example');

  await maya.say('I know lamps.');
  await omar.message('I know lamps.').waitFor();
  await omar.log().getByText('Maya Lindqvist', { exact: true }).first().waitFor();
  await omar.say('I know cables.');
  await maya.message('I know cables.').waitFor();
  await maya.log().getByText('Omar Haddad', { exact: true }).first().waitFor();

  const said = ['Which one of you is the expert?', 'I know lamps.', 'I know cables.'];
  await Promise.all([maya.log(), omar.log(), visitor.log()].map(async (log) => await expectOrder(log, said)));
  await visitor.log().getByText('Maya Lindqvist', { exact: true }).first().waitFor();
  await visitor.log().getByText('Omar Haddad', { exact: true }).first().waitFor();
  await expect
    .poll(async () => (await rowsOf(system.databaseUrl, 'Dora Example')).map(({ text, operator }) => [text, operator]))
    .toEqual([
      [said[0], null],
      [said[1], 'Maya Lindqvist'],
      [said[2], 'Omar Haddad'],
    ]);
  await Promise.all([visitor.close(), maya.close(), omar.close()]);
});

it('the same operator’s second tab follows the first', async () => {
  const first = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const second = await first.context.newPage();
  await second.goto(system.web);
  const visitor = await WidgetPage.started(browser, system.host, 'Ella Example');
  await visitor.say('One lamp, please.');
  await first.openConversation('Ella Example');
  const other = new ConsolePage(second, first.context);
  await other.openConversation('Ella Example');
  await first.say('With pleasure.');
  await expectOrder(other.log(), ['One lamp, please.', 'With pleasure.']);
  await expectOrder(first.log(), ['One lamp, please.', 'With pleasure.']);
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Ella Example')).length).toBe(2);
  await Promise.all([visitor.close(), first.close()]);
});
