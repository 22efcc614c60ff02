import { translateEverything } from '@switchboard/client/testing';
import { expect, inject, it } from 'vitest';

import { ConsolePage } from '../harness/console-page.ts';
import { rowsOf } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

it('a visitor who lets the browser translate the chat sees every right status, and nothing breaks', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.open(browser, system.host, {}, translateEverything);
  const errors: string[] = [];
  visitor.page.on('pageerror', (error) => errors.push(error.message));
  const { context } = visitor;
  const frame = visitor.frame();
  await visitor.openChat();
  await frame.getByRole('button', { name: 'Start chat' }).click();
  await frame.getByText('Tell us what to call you.').waitFor();
  await visitor.start('Lukas Übersetzt');
  await visitor.say('Guten Tag');
  const status = async () => await visitor.log().locator('.status').allInnerTexts();
  await operator.openConversation('Lukas Übersetzt');
  await expect.poll(async () => (await status()).at(-1)).toBe('Read');
  await operator.page.getByRole('textbox', { name: 'Message', exact: true }).pressSequentially('Hello');
  await frame.getByText(`${OPERATORS.maya.name} is typing …`).waitFor();
  await operator.page.getByRole('button', { name: 'Send', exact: true }).click();
  await visitor.message('Hello').waitFor();
  await expect.poll(async () => await frame.getByText('is typing').count()).toBe(0);

  // Saving fails for a while.
  await context.route(
    '**/api/chat/messages',
    async (route) => await (route.request().method() === 'POST' ? route.abort() : route.fallback()),
  );
  await visitor.say('Nochmal');
  await expect.poll(async () => (await status()).at(-1)).toBe('Sending');
  await frame.getByText('We can’t be reached right now.').waitFor();
  await context.unroute('**/api/chat/messages');
  await expect.poll(async () => (await status()).at(-1)).toBe('Read');
  await expect.poll(async () => await frame.getByText('We can’t be reached').count()).toBe(0);
  for (let turn = 0; turn < 5; turn += 1) {
    await visitor.say(`Frage ${turn}`);
    await operator.message(`Frage ${turn}`).waitFor();
    await operator.say(`Answer ${turn}`);
    await visitor.message(`Answer ${turn}`).waitFor();
  }
  await context.setOffline(true);
  await frame.getByText('You are offline.').waitFor();
  await context.setOffline(false);
  await expect.poll(async () => await frame.getByText('You are offline.').count()).toBe(0);
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Lukas Übersetzt')).length).toBe(13);

  await frame.getByRole('button', { name: 'End chat', exact: true }).click();
  await frame.getByRole('button', { name: 'Yes, end chat' }).click();
  await frame.getByRole('heading', { name: 'Chat ended' }).waitFor();
  await frame.getByRole('button', { name: 'Start a new chat' }).click();
  await visitor.start('Lukas Übersetzt');
  expect(errors).toEqual([]);
  await Promise.all([visitor.close(), operator.close()]);
});
