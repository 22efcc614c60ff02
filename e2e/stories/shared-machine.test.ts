import { expect, inject, it } from 'vitest';
import type { BrowserContext } from 'playwright-core';

import { ConsolePage } from '../harness/console-page.ts';
import { rowsOf } from '../harness/database.ts';
import { OPERATORS, type Operator } from '../harness/operators.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();
const SAVES = '**/api/chat/messages';

async function newTab(context: BrowserContext): Promise<ConsolePage> {
  const page = await context.newPage();
  await page.goto(system.web);
  return new ConsolePage(page, context);
}

async function signIn(tab: ConsolePage, { email, password }: Operator): Promise<void> {
  await tab.signIn(email, password);
  await tab.list().waitFor();
}

async function signOut(tab: ConsolePage, { name }: Operator): Promise<void> {
  await tab.page.getByRole('button', { name: `Account: ${name}` }).click();
  await tab.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await tab.page.getByRole('heading', { name: 'Sign in to Switchboard' }).waitFor();
}

it('two operators who share a browser: drafts and messages of one never become the other’s', async () => {
  const { maya, omar } = OPERATORS;
  const visitor = await WidgetPage.started(browser, system.host, 'Shari Example');
  await visitor.say('Who is there?');
  const first = await ConsolePage.open(browser, system.web);
  await signIn(first, maya);
  const second = await newTab(first.context);
  await Promise.all([first.openConversation('Shari Example'), second.openConversation('Shari Example')]);

  // Maya's message does not reach the server, and she leaves a draft.
  await first.context.route(SAVES, async (route) => await (route.request().method() === 'POST' ? route.abort() : route.fallback()));
  await first.say('Maya, under way');
  const field = second.page.getByRole('textbox', { name: 'Message', exact: true });
  await field.fill('Maya, half a sen');
  await signOut(second, maya);
  await signIn(second, omar);
  await first.context.unroute(SAVES);

  const dialog = first.page.getByRole('dialog', { name: 'Somebody else is signed in' });
  await dialog.getByText('This page belongs to Maya Lindqvist').waitFor();
  await second.openConversation('Shari Example');
  expect(await field.inputValue()).toBe('');
  await second.say('Omar, here');
  await visitor.message('Omar, here').waitFor();
  const rows = async () => (await rowsOf(system.databaseUrl, 'Shari Example')).map(({ text, operator }) => [text, operator]);
  await expect.poll(rows).toEqual([
    ['Who is there?', null],
    ['Omar, here', 'Omar Haddad'],
  ]);

  // Maya returns to her own tab, and her message and draft are sent as hers.
  await dialog.getByLabel('Password', { exact: true }).fill(maya.password);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect.poll(async () => await dialog.count()).toBe(0);
  await first.status('Connected');
  // In the order of sending: hers was first.
  await expect.poll(rows).toEqual([
    ['Who is there?', null],
    ['Maya, under way', 'Maya Lindqvist'],
    ['Omar, here', 'Omar Haddad'],
  ]);
  await second.page.getByRole('dialog', { name: 'Somebody else is signed in' }).getByText('This page belongs to Omar Haddad').waitFor();
  await Promise.all([visitor.close(), first.close()]);
});

it('a visitor who ends the chat: every tab says so and accepts no message, and a reload does not bring it back', async () => {
  const first = await WidgetPage.started(browser, system.host, 'Enda Example');
  await first.say('Thank you, that is all.');
  const page = await first.context.newPage();
  await page.goto(system.host);
  const second = new WidgetPage(page, first.context);
  await second.openChat();
  await second.message('Thank you, that is all.').waitFor();
  let letGo = () => undefined as void;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await first.context.route('**/api/chat/end', async (route) => {
    await held;
    await route.fallback();
  });
  await first.frame().getByRole('button', { name: 'End chat' }).click();
  await first.frame().getByRole('button', { name: 'Yes, end chat' }).click();
  for (const tab of [first, second]) {
    await tab.frame().getByText('The chat is being ended.').waitFor();
    const field = tab.frame().getByRole('textbox', { name: 'Message', exact: true });
    await field.fill('Too late');
    await field.press('Enter');
    expect(await tab.frame().getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  }
  letGo();
  for (const tab of [first, second]) await tab.frame().getByRole('heading', { name: 'Chat ended' }).waitFor();
  await second.page.reload();
  await second.openChat();
  await second.frame().getByLabel('Name', { exact: true }).waitFor();
  expect((await rowsOf(system.databaseUrl, 'Enda Example')).map(({ text }) => text)).toEqual(['Thank you, that is all.']);
  await first.close();
});

it('a text in a link to the frame is never shown: not when the frame is opened as a page, nor in a page whose loader does not answer', async () => {
  const words = { origin: new URL(system.host).origin, title: 'ACME Bank: security check', greeting: 'Write your card number here' };
  const link = `${system.web}/widget#${encodeURIComponent(JSON.stringify(words))}`;
  const context = await browser.newContext();
  const alone = await context.newPage();
  await alone.goto(link);
  await alone.getByRole('heading', { name: 'Chat with us' }).waitFor();
  await alone.getByText('Ask us anything.').waitFor();
  const framing = await context.newPage();
  await framing.goto(system.host);
  await framing.evaluate((src) => document.body.append(Object.assign(document.createElement('iframe'), { src })), link);
  const framed = framing.frameLocator('body > iframe');
  await framed.getByText('Ask us anything.').waitFor();
  for (const body of [alone.locator('body'), framed.locator('body')]) expect(await body.innerText()).not.toMatch(/ACME|card number/);
  expect(await alone.title()).toBe('Chat with us');
  await context.close();
});
