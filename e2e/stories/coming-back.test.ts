import { expect, inject, it } from 'vitest';

import { query } from '../harness/database.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

const conversations = async (username: string) =>
  (await query<{ id: number }>(system.databaseUrl, 'SELECT id FROM "Client" WHERE username = $1', [username])).length;

async function openPanel(widget: WidgetPage): Promise<void> {
  await widget.page
    .getByRole('button', { name: /^(Open|Close) chat/ })
    .first()
    .waitFor();
  if (await widget.launcher().isVisible()) await widget.openChat();
}

it('a returning visitor whose conversation is gone does not start another one: the form has their name, and their draft is kept', async () => {
  const name = 'Stella Example';
  const visitor = await WidgetPage.started(browser, system.host, name);
  await visitor.say('See you in spring');
  await visitor.log().getByText('Sent', { exact: true }).waitFor();
  const field = visitor.frame().getByRole('textbox', { name: 'Message', exact: true });
  await field.fill('Half a question');
  // Like after months, or after a change of the secret.
  await field.evaluate(() => {
    const stored = JSON.parse(localStorage.getItem('switchboard.session') ?? '{}') as object;
    const stale = { ...stored, token: 'a.b.c', resumeToken: 'd.e.f', expiresAt: '2020-01-01T00:00:00.000Z' };
    localStorage.setItem('switchboard.session', JSON.stringify(stale));
  });
  for (let reload = 0; reload < 2; reload += 1) {
    await visitor.page.reload();
    await openPanel(visitor);
    await expect.poll(async () => await visitor.frame().getByLabel('Name', { exact: true }).inputValue()).toBe(name);
  }
  expect(await conversations(name)).toBe(1);
  await visitor.frame().getByRole('button', { name: 'Start chat' }).click();
  await visitor.log().waitFor();
  await expect.poll(async () => await field.inputValue()).toBe('Half a question');
  expect(await conversations(name)).toBe(2);
  await visitor.close();
});
