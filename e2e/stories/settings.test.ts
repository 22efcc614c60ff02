import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, expect, inject, it } from 'vitest';

import { useHostPages } from '../harness/host-pages.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const system = inject('system');
const browser = useBrowser();
const pages = useHostPages();

/** What an administrator types while everything runs. */
async function settings(...args: string[]): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PORT: new URL(system.web).port, SOCKET_PORT: new URL(system.relay).port, DATA_DIR: system.dataDir };
  const { stdout } = await promisify(execFile)(process.execPath, ['tooling/bootstrap.mjs', 'settings', ...args], { cwd: ROOT, env });
  return stdout;
}

afterAll(async () => {
  for (const key of ['widget.color', 'widget.title', 'widget.greeting', 'widget.sound', 'widget.sites', 'installation.name'])
    await settings('reset', key);
});

/** A visitor with a new browser on a page of a site, whose script tag has these attributes. */
async function visit(attributes = ''): Promise<WidgetPage> {
  const body = `<script async src="${system.web}/widget.js" ${attributes}></script>`;
  const widget = await WidgetPage.open(browser, pages.add({ body }));
  await widget.launcher().waitFor();
  return widget;
}
const colorOf = async (widget: WidgetPage) => await widget.launcher().evaluate((button) => getComputedStyle(button).backgroundColor);
const seesNewTitle = async () => {
  const widget = await visit();
  await widget.openChat();
  await widget.frame().getByLabel('Name', { exact: true }).waitFor();
  const found = await widget.frame().getByRole('main', { name: 'Ask Lumen' }).count();
  await widget.close();
  return found;
};

it('a page that is loaded after a change of color, title, greeting and sound has it, and what its tag says wins', async () => {
  const before = await visit();
  expect(await colorOf(before)).toBe('rgb(10, 125, 131)');
  await before.close();
  await settings('set', 'widget.color', '#c04');
  await settings('set', 'widget.greeting', '</script><b>Lamps</b>, and what they need?');
  await settings('set', 'widget.sound', 'off');
  await settings('set', 'widget.title', 'Ask Lumen');
  await expect.poll(seesNewTitle).toBe(1);
  const widget = await visit();
  expect(await colorOf(widget)).toBe('rgb(204, 0, 68)');
  await widget.openChat();
  await widget.frame().getByText('</script><b>Lamps</b>, and what they need?').waitFor();
  await widget.start('Sonja');
  await widget.frame().getByRole('button', { name: 'Turn sound on' }).click();
  await widget.page.reload();
  await widget.openChat();
  await widget.frame().getByRole('button', { name: 'Turn sound off' }).waitFor();
  await widget.close();

  const own = await visit('data-color="#00c" data-title="Ours" data-greeting="Our greeting"');
  expect(await colorOf(own)).toBe('rgb(0, 0, 204)');
  await own.openChat();
  await own.frame().getByRole('main', { name: 'Ours' }).waitFor();
  await own.frame().getByText('Our greeting').waitFor();
  await own.close();
});

it('a page of a site that is not allowed any more is refused the chat, and has it again when it is', async () => {
  const site = new URL(pages.add({})).origin;
  const outcome = async () => {
    const widget = await visit();
    await widget.openChat();
    const found = widget.frame().getByLabel('Name', { exact: true });
    const refused = widget.page.getByRole('alert').filter({ hasText: 'can’t be loaded' });
    const shown = async () => ((await refused.isVisible()) ? 'refused' : (await found.isVisible()) ? 'chat' : 'nothing');
    await expect.poll(shown).not.toBe('nothing');
    const seen = await shown();
    await widget.close();
    return seen;
  };
  expect(await outcome()).toBe('chat');
  await settings('set', 'widget.sites', 'https://elsewhere.example');
  await expect.poll(outcome).toBe('refused');
  await settings('set', 'widget.sites', `https://elsewhere.example,${site}`);
  await expect.poll(outcome).toBe('chat');
});

it('the sign-in page has the name of the installation', async () => {
  await settings('set', 'installation.name', 'Lumen & Sons');
  const context = await browser.newContext();
  const page = await context.newPage();
  await expect
    .poll(async () => {
      await page.goto(`${system.web}/sign-in`);
      return await page.getByRole('heading').textContent();
    })
    .toBe('Sign in to Lumen & Sons');
  expect(await page.locator('meta[name="application-name"]').getAttribute('content')).toBe('Lumen & Sons');
  await context.close();
});
