import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../testing/use-console-harness.ts';

const harness = useConsoleHarness();
const BEN = { id: 2, name: 'Ben', email: 'ben@lamps.example' };
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const drafts = async (page: Page) =>
  await page.evaluate(() => Object.entries(sessionStorage).filter(([name]) => name.startsWith('switchboard.draft')));

async function openWithVisitors(): Promise<Page> {
  const page = await harness.open('console', { path: '/?c=1' });
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana' }), summaryOf({ clientId: 2, username: 'Bo' })] });
  });
  return page;
}

it('shows drafts only to the operator who typed them, also in the same tab', async () => {
  const page = await openWithVisitors();
  await field(page).fill('Half a sentence of Maya’s');
  await page.evaluate((operator) => window.harness.show('console', operator), BEN);
  await expect.poll(async () => await field(page).inputValue()).toBe('');
  await field(page).fill('Ben’s own');
  await page.evaluate(() => window.harness.show('console'));
  await expect.poll(async () => await field(page).inputValue()).toBe('Half a sentence of Maya’s');
  // The page is reloaded, as after a sign-in.
  await page.reload();
  await page.evaluate((operator) => window.harness.show('console', operator), BEN);
  await expect.poll(async () => await field(page).inputValue()).toBe('Ben’s own');
});

it('removes drafts of older builds, which belong to no operator', async () => {
  const page = await harness.open('nothing', { path: '/?c=1' });
  await page.evaluate(() => {
    for (const id of [1, 2, 77]) sessionStorage.setItem(`switchboard.draft.${id}`, 'somebody’s');
    window.harness.show('console');
  });
  await field(page).waitFor();
  expect(await field(page).inputValue()).toBe('');
  await expect.poll(async () => await drafts(page)).toEqual([]);
});

it('deletes this operator’s drafts when they sign out, and no other drafts', async () => {
  const page = await openWithVisitors();
  const sentAs: (string | undefined)[] = [];
  let asked = -1;
  await page.route('**/api/auth/sign-out', async (route) => {
    sentAs.push(route.request().headers()['x-switchboard-operator']);
    // The open chat finds out, too, while this page navigates to the sign-in page.
    await page.evaluate(async () => {
      window.harness.chat.set({ signedOut: true });
      for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
    });
    asked = await page.getByRole('dialog', { name: 'You are signed out' }).count();
    await route.fulfill({ status: 200, json: {} });
  });
  await page.route('**/sign-in', async (route) => await route.fulfill({ contentType: 'text/html', body: '<h1>Signed out</h1>' }));
  await page.evaluate(() => sessionStorage.setItem('switchboard.draft.2.1', 'Ben’s own'));
  await field(page).fill('Half a sentence of Maya’s');
  await expect.poll(async () => await drafts(page)).toHaveLength(2);
  await page.getByRole('button', { name: 'Account: Maya Lindqvist' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Signed out' }).waitFor();
  expect(await drafts(page)).toEqual([['switchboard.draft.2.1', 'Ben’s own']]);
  expect(sentAs).toEqual(['1']);
  expect(asked).toBe(0);
});

it('says whose page it is when another operator has signed in, and keeps the draft', async () => {
  const page = await openWithVisitors();
  await field(page).fill('Half a sentence of Maya’s');
  await page.evaluate(() => window.harness.chat.set({ signedOut: true, somebodyElse: true }));
  const dialog = page.getByRole('dialog', { name: 'Somebody else is signed in' });
  await dialog.getByText('This page belongs to Maya Lindqvist (maya@lamps.example)').waitFor();
  await dialog.getByRole('button', { name: 'Open the console of the signed-in operator' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await dialog.isVisible()).toBe(true);
  await page.evaluate(() => window.harness.chat.set({ signedOut: false, somebodyElse: false }));
  await expect.poll(async () => await dialog.count()).toBe(0);
  expect(await field(page).inputValue()).toBe('Half a sentence of Maya’s');
});

it('notifies the other tabs of the browser of a sign-in', async () => {
  const page = await harness.open('sign-in');
  await page.route('**/api/auth/sign-in/email', async (route) => await route.fulfill({ status: 200, json: {} }));
  await page.evaluate(() => {
    Object.assign(window, { told: 0 });
    new BroadcastChannel('switchboard-operators').addEventListener('message', () => Object.assign(window, { told: 1 }));
    // Stay on the page when asked.
    window.addEventListener('beforeunload', (event) => event.preventDefault());
  });
  page.on('dialog', (dialog) => void dialog.dismiss());
  await page.getByLabel('Email', { exact: true }).fill('maya@lamps.example');
  await page.getByLabel('Password', { exact: true }).fill('right');
  await page.keyboard.press('Enter');
  await expect.poll(async () => await page.evaluate(() => Number(Reflect.get(window, 'told')))).toBe(1);
});
