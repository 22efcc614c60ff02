import { expect, inject, it } from 'vitest';

import { ConsolePage } from '../harness/console-page.ts';
import { query } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

it('a visitor waits until an operator answers; reading the message changes nothing', async () => {
  const maya = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const omar = await ConsolePage.signedIn(browser, system, OPERATORS.omar);
  const visitor = await WidgetPage.started(browser, system.host, 'Wim Example');
  await visitor.say('Is anybody there?');
  await maya.rowWaiting('Wim Example').waitFor();
  await maya.openConversation('Wim Example');
  await expect
    .poll(async () => await query(system.databaseUrl, 'SELECT "unreadCount" FROM "Client" WHERE username = $1', ['Wim Example']))
    .toEqual([{ unreadCount: 0 }]);
  for (const console of [maya, omar]) {
    await console.view('Waiting');
    await console.rowWaiting('Wim Example').waitFor();
  }
  await maya.say('I am.');
  await omar.row('Wim Example').waitFor({ state: 'detached' });
  await omar.view('Open');
  // For him it stays unread until he has read it himself.
  await omar.rowUnread('Wim Example', 1).waitFor();
  await omar.openConversation('Wim Example');
  const readers =
    'SELECT count(*)::int FROM "ConversationRead" r JOIN "Client" c ON c.id = r."clientId" WHERE c.username = $1 AND r."readSeq" > 0';
  await expect.poll(async () => await query(system.databaseUrl, readers, ['Wim Example'])).toEqual([{ count: 2 }]);
  await omar.page.reload();
  await omar.view('Open');
  await omar.list().getByRole('button', { name: 'Wim Example', exact: true }).waitFor();
  await Promise.all([visitor.close(), maya.close(), omar.close()]);
});

it('a conversation that is done leaves all lists, and returns with the next message or when an operator reopens it', async () => {
  const maya = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const omar = await ConsolePage.signedIn(browser, system, OPERATORS.omar);
  const visitor = await WidgetPage.started(browser, system.host, 'Xenia Example');
  await visitor.say('Thank you, that was all.');
  await maya.openConversation('Xenia Example');
  await maya.page.getByRole('button', { name: 'Done', exact: true }).click();
  await maya.page.getByText('Xenia Example is done.').waitFor();
  await omar.row('Xenia Example').waitFor({ state: 'detached' });
  await omar.view('Done');
  await omar.row('Xenia Example').waitFor();
  await maya.page.getByRole('button', { name: 'Undo', exact: true }).click();
  await omar.row('Xenia Example').waitFor({ state: 'detached' });
  await omar.view('Waiting');
  await omar.rowWaiting('Xenia Example').waitFor();

  await maya.page.getByRole('button', { name: 'Done', exact: true }).click();
  await omar.row('Xenia Example').waitFor({ state: 'detached' });
  await visitor.say('One more thing');
  await omar.rowWaiting('Xenia Example').waitFor();
  await maya.page.getByRole('button', { name: 'Done', exact: true }).waitFor();
  expect(await maya.page.getByRole('button', { name: 'Reopen', exact: true }).count()).toBe(0);
  await Promise.all([visitor.close(), maya.close(), omar.close()]);
});

it('an operator sees the page that the visitor is on now, and where they were before', async () => {
  const maya = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Yuki Example');
  await visitor.say('Hello');
  await maya.openConversation('Yuki Example');
  const header = maya.page.getByRole('region', { name: 'Conversation' });
  await header.getByText('Here now').waitFor();
  await visitor.page.goto(new URL('/checkout', system.host).href);
  // The chat does not have to be open there.
  await header.getByText(`${new URL(system.host).host}/checkout`).waitFor();
  const details = maya.page.getByRole('complementary', { name: 'Details' });
  if (!(await details.isVisible())) await maya.page.getByRole('button', { name: 'Show details' }).click();
  await details.getByText('/lamps', { exact: true }).waitFor();
  expect(await details.locator('dt').allTextContents()).toEqual(
    expect.arrayContaining(['Now', 'Page', 'Pages before', 'Browser', 'First seen']),
  );
  await Promise.all([visitor.close(), maya.close()]);
});

it('after every load the tab shows how many visitors wait, the list is fetched once, and the document shows the layout', async () => {
  const visitor = await WidgetPage.started(browser, system.host, 'Zora Example');
  await visitor.say('Hello?');
  const maya = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  await maya.rowWaiting('Zora Example').waitFor();
  const title = await maya.page.title();
  expect(title).toMatch(/^\(\d+\) Inbox$/);
  let fetched = 0;
  maya.page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    // Not the request for changes since then, which asks for a few rows, nor the one for the number of those who wait, which asks for one.
    if (pathname === '/api/chat/recent' && searchParams.has('view') && searchParams.get('limit') !== '1') fetched += 1;
  });
  for (let load = 1; load <= 10; load += 1) {
    await maya.page.reload({ waitUntil: 'networkidle' });
    await maya.rowWaiting('Zora Example').waitFor();
    await maya.status('Connected');
    expect(await maya.page.title(), `load ${load}`).toBe(title);
    expect(await maya.page.locator('title').count()).toBe(1);
  }
  // Sometimes the check of every 20 seconds happens during a load.
  expect(fetched).toBeLessThan(15);
  const cookie = (system.sessions[OPERATORS.maya.email] ?? []).map(({ name, value }) => `${name}=${value}`).join('; ');
  const document = await (await fetch(system.web, { headers: { cookie } })).text();
  expect(document).toContain('>Inbox</h1>');
  expect(document).toContain(OPERATORS.maya.name);
  await Promise.all([visitor.close(), maya.close()]);
});
