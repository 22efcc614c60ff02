import { expect, inject, it } from 'vitest';

import { useHostPages } from '../harness/host-pages.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();
const pages = useHostPages();

it('pages are in the language of the browser', async () => {
  const context = await browser.newContext({ locale: 'de-AT' });
  const page = await context.newPage();
  await page.goto(`${system.web}/sign-in`);
  await page.getByRole('button', { name: 'Anmelden', exact: true }).waitFor();
  expect([await page.title(), await page.locator('html').getAttribute('lang'), await page.locator('html').getAttribute('dir')]).toEqual([
    'Anmelden',
    'de',
    'ltr',
  ]);
  await page.goto(`${system.web}/nowhere`);
  await page.getByRole('heading', { name: 'Hier gibt es nichts' }).waitFor();
  await context.close();
});

it('pages are in English if there are no texts in the browser’s language', async () => {
  const context = await browser.newContext({ locale: 'ar-EG' });
  const page = await context.newPage();
  await page.goto(`${system.web}/sign-in`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  expect([await page.locator('html').getAttribute('lang'), await page.locator('html').getAttribute('dir')]).toEqual(['en', 'ltr']);
  await context.close();
});

it('the chat is in the language that the site sets', async () => {
  const body = `<script async src="${system.web}/widget.js" data-locale="auto"></script>`;
  const widget = await WidgetPage.open(browser, pages.add({ body, root: 'lang="de-CH"' }), { locale: 'en-GB' });
  await widget.openChat();
  const frame = widget.frame();
  await frame.getByLabel('Name', { exact: true }).fill('Heidi');
  await frame.getByRole('heading', { name: 'Chat mit uns' }).waitFor();
  await frame.getByRole('button', { name: 'Chat starten', exact: true }).click();
  const field = frame.getByRole('textbox', { name: 'Nachricht', exact: true });
  await field.fill('Grüezi');
  await field.press('Enter');
  await frame.getByRole('log', { name: 'Nachrichten', exact: true }).getByText('Gesendet', { exact: true }).waitFor();
  await frame.getByText('Heute', { exact: true }).waitFor();
  await frame.getByRole('button', { name: 'Chat beenden', exact: true }).click();
  await frame.getByRole('button', { name: 'Ja, Chat beenden', exact: true }).click();
  await frame.getByRole('heading', { name: 'Chat beendet' }).waitFor();
  expect(await frame.getByRole('button').allInnerTexts()).toContain('Neuen Chat beginnen');
  await widget.close();
});
