import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';

const system = inject('system');
const browser = useBrowser();

it('pages speak the language of the browser', async () => {
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

it('pages are in English where the browser wants a language without texts', async () => {
  const context = await browser.newContext({ locale: 'ar-EG' });
  const page = await context.newPage();
  await page.goto(`${system.web}/sign-in`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  expect([await page.locator('html').getAttribute('lang'), await page.locator('html').getAttribute('dir')]).toEqual(['en', 'ltr']);
  await context.close();
});
