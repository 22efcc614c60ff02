import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();

const BUTTON = { name: 'Hide details', exact: true } as const;
const bubble = (page: Page) => page.getByText(/^Hide details/);
const account = (page: Page) => page.getByRole('button', { name: /^Account: / });
const signOut = (page: Page) => page.getByRole('menuitem', { name: 'Sign out' });

async function open(page: Page): Promise<Page> {
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana' })] });
    window.harness.show('console');
  });
  await page.getByRole('heading', { name: 'Ana', exact: true }).waitFor();
  return page;
}

const openConversation = async () => await open(await harness.open('nothing', { path: '/?c=1' }));

/** Holds the code of an overlay back until the function that this returns is called. */
async function withhold(page: Page, file: string): Promise<() => void> {
  let letThrough = () => undefined as void;
  const through = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  await page.route(new RegExp(`/${file}[^/]*\\.js`), async (route) => {
    await through;
    await route.fallback();
  });
  return letThrough;
}

it('a tooltip opens when the pointer rests on its control, stays while the pointer is on it, and closes when the pointer leaves', async () => {
  const page = await openConversation();
  await page.getByRole('button', BUTTON).hover();
  await bubble(page).waitFor();
  await bubble(page).hover();
  await page.waitForTimeout(400); // Longer than a tooltip waits for the pointer to come back: there is no condition for what must not happen.
  expect(await bubble(page).isVisible()).toBe(true);
  await page.mouse.move(400, 500);
  await bubble(page).waitFor({ state: 'hidden' });
});

it('a tooltip opens for the keyboard, and the first Esc closes only the tooltip', async () => {
  const page = await openConversation();
  await page.getByRole('textbox', { name: 'Message', exact: true }).focus();
  const button = page.getByRole('button', BUTTON);
  const isReached = async () => await button.evaluate((element) => element === document.activeElement);
  while (!(await isReached())) await page.keyboard.press('Shift+Tab');
  await bubble(page).waitFor();
  await page.keyboard.press('Escape');
  await bubble(page).waitFor({ state: 'hidden' });
  expect(await page.getByRole('heading', { name: 'Ana', exact: true }).isVisible()).toBe(true);
});

it('a press closes the tooltip, and the menu that it opens shows no tooltip over itself', async () => {
  const page = await openConversation();
  const more = page.getByRole('button', { name: 'More', exact: true });
  await more.hover();
  await page.getByText('More', { exact: true }).waitFor();
  await more.click();
  await page.getByText('More', { exact: true }).waitFor({ state: 'hidden' });
  await page.getByRole('menuitem', { name: 'Block visitor' }).hover();
  await page.waitForTimeout(700); // Longer than a tooltip takes to open.
  expect(await page.getByText('More', { exact: true }).isVisible()).toBe(false);
});

it('a menu whose button is pressed before its code is there opens as soon as it is', async () => {
  const page = await harness.open('nothing', { path: '/?c=1' });
  const letThrough = await withhold(page, 'MenuWindow');
  await open(page);
  await account(page).click();
  expect(await signOut(page).count()).toBe(0);
  letThrough();
  await signOut(page).waitFor();
  await page.keyboard.press('Escape');
  await signOut(page).waitFor({ state: 'hidden' });
  await expect.poll(async () => await account(page).evaluate((button) => button === document.activeElement)).toBe(true);
});

it('a menu whose button is pressed with the keyboard before its code is there can be used with the keyboard alone', async () => {
  const page = await harness.open('nothing', { path: '/?c=1' });
  const letThrough = await withhold(page, 'MenuWindow');
  await open(page);
  const more = page.getByRole('button', { name: 'More', exact: true });
  await more.focus();
  await page.keyboard.press('Enter');
  letThrough();
  const item = page.getByRole('menuitem', { name: 'Block visitor', exact: true });
  await expect.poll(async () => await item.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Block Ana?' }).waitFor();
});

it('the focus stays on a menu’s button when its code arrives', async () => {
  const page = await harness.open('nothing', { path: '/?c=1' });
  const letThrough = await withhold(page, 'MenuWindow');
  await open(page);
  await account(page).focus();
  letThrough();
  await page.locator('[aria-haspopup="menu"][id]').first().waitFor();
  expect(await account(page).evaluate((button) => button === document.activeElement)).toBe(true);
});

it('a press with the keyboard closes the tooltip, and the focus stays on the button that now does the opposite', async () => {
  const page = await openConversation();
  const isFocused = async (name: string) =>
    await page
      .getByRole('button', { name, exact: true })
      .last()
      .evaluate((button) => button === document.activeElement);
  await page.getByRole('textbox', { name: 'Message', exact: true }).focus();
  while (!(await isFocused('Done'))) await page.keyboard.press('Shift+Tab');
  await page.locator('[data-open][data-side]').first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Reopen', exact: true }).waitFor();
  expect(await isFocused('Reopen')).toBe(true);
  await expect.poll(async () => await page.locator('[data-open][data-side]').count()).toBe(0);
});

/** Opens the tooltip of the send button. */
async function openSendTooltip(page: Page) {
  const field = page.getByRole('textbox', { name: 'Message', exact: true });
  await field.fill('Hello');
  const send = page.getByRole('button', { name: 'Send', exact: true });
  await send.hover();
  const bubble = page.locator('[data-open][data-side]').first();
  await bubble.waitFor();
  return { field, send, bubble };
}

it('a tooltip over a control that was disabled meanwhile closes when the pointer leaves', async () => {
  const page = await openConversation();
  const { field, send, bubble } = await openSendTooltip(page);
  await field.fill('');
  await expect.poll(async () => await send.isDisabled()).toBe(true);
  await page.mouse.move(300, 300);
  await expect.poll(async () => await bubble.count()).toBe(0);
});

it('a tooltip stays at its control when another element has taken the control’s place', async () => {
  const page = await openConversation();
  const { send, bubble } = await openSendTooltip(page);
  await send.evaluate((button) => button.replaceWith(button.cloneNode(true)));
  await page.setViewportSize({ width: 1200, height: 800 });
  const distance = async () => {
    const [at, of] = [await bubble.boundingBox(), await send.boundingBox()];
    return at === null || of === null ? Infinity : Math.hypot(at.x - of.x, at.y - of.y);
  };
  await expect.poll(distance).toBeLessThan(120);
});
