import { expect, inject, it } from 'vitest';

import { useBrowser } from '../stage/use-browser.ts';
import { ConsolePage, expectOrder } from '../stage/console-page.ts';
import { rowsOf } from '../stage/database.ts';
import { OPERATORS } from '../stage/operators.ts';
import { WidgetPage } from '../stage/widget-page.ts';

const stage = inject('stage');
const browser = useBrowser();

it('two operators see each other’s answers at once, with the right name, and the database has each once', async () => {
  const maya = await ConsolePage.signedIn(browser, stage, OPERATORS.maya);
  const omar = await ConsolePage.signedIn(browser, stage, OPERATORS.omar);
  const visitor = await WidgetPage.started(browser, stage.host, 'Dora Example');
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
    .poll(async () => (await rowsOf(stage.databaseUrl, 'Dora Example')).map(({ text, operator }) => [text, operator]))
    .toEqual([
      [said[0], null],
      [said[1], 'Maya Lindqvist'],
      [said[2], 'Omar Haddad'],
    ]);
  await Promise.all([visitor.close(), maya.close(), omar.close()]);
});

it('the same operator’s second tab follows the first', async () => {
  const first = await ConsolePage.signedIn(browser, stage, OPERATORS.maya);
  const second = await first.context.newPage();
  await second.goto(stage.web);
  const visitor = await WidgetPage.started(browser, stage.host, 'Ella Example');
  await visitor.say('One lamp, please.');
  await first.openConversation('Ella Example');
  const other = new ConsolePage(second, first.context);
  await other.openConversation('Ella Example');
  await first.say('With pleasure.');
  await expectOrder(other.log(), ['One lamp, please.', 'With pleasure.']);
  await expectOrder(first.log(), ['One lamp, please.', 'With pleasure.']);
  await expect.poll(async () => (await rowsOf(stage.databaseUrl, 'Ella Example')).length).toBe(2);
  await Promise.all([visitor.close(), first.close()]);
});
