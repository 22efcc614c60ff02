import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { ConsolePage } from '../harness/console-page.ts';
import { startSystem } from '../harness/system.ts';
import { useBrowser } from '../harness/use-browser.ts';

const browser = useBrowser();
const PASSWORD = 'correct horse battery';

async function joinAs(view: ConsolePage, name: string, email: string, button: string): Promise<void> {
  await view.page.getByLabel('Name', { exact: true }).fill(name);
  await view.page.getByLabel('Email', { exact: true }).fill(email);
  await view.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await view.page.getByRole('button', { name: button, exact: true }).click();
  await view.status('Connected');
}

it('the link that the start prints makes the first administrator, whose invitation makes a colleague', async () => {
  const system = await startSystem();
  onTestFinished(async () => void (await system.stop()));
  const [, link = '', secret = ''] = /^ {2}(http\S+\/join#(\S+))$/m.exec(system.output()) ?? [];
  expect(link.startsWith(`${system.web}/join#`)).toBe(true);

  const ada = await ConsolePage.open(browser, link);
  await ada.page.getByRole('heading', { name: 'Create the first administrator' }).waitFor();
  await joinAs(ada, 'Ada Lindqvist', 'ada@lamps.example', 'Create administrator');
  expect(await system.command('operator', 'list')).toContain('ada@lamps.example\tAda Lindqvist\tADMIN\t1 signed in');

  const answer = await ada.context.request.post(`${system.web}/api/v1/invitations`, {
    headers: { origin: system.web },
    data: { role: 'OPERATOR', email: 'ben@lamps.example' },
  });
  const { link: invitation } = (await answer.json()) as { link: string };
  const ben = await ConsolePage.open(browser, invitation);
  await ben.page.getByRole('heading', { name: 'Join Ada Lindqvist’s team' }).waitFor();
  await joinAs(ben, 'Ben', 'ben@lamps.example', 'Create account');

  for (const used of [link, invitation]) {
    const late = await ConsolePage.open(browser, used);
    await late.page.getByRole('alert').getByText('This link has been used already.').waitFor();
    await late.close();
  }
  // The servers write to their logs; what they print is an error.
  expect(system.output()).not.toMatch(/^(?:web|relay): /m);
  const logs = join(system.dataDir, 'logs');
  for (const file of await readdir(logs)) expect(await readFile(join(logs, file), 'utf8'), file).not.toContain(secret);
});
