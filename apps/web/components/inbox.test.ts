import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';

import { useConsoleHarness } from '../testing/use-console-harness.ts';

const harness = useConsoleHarness();

/** Three visitors, Ana first; nothing said yet. */
async function threeVisitors(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    const preview = { text: 'Hello there', type: 'text', senderType: 'CLIENT', operatorName: null } as const;
    chat.set({
      waiting: 1,
      conversations: [
        summaryOf({ clientId: 1, username: 'Ana Example', preview }),
        summaryOf({ clientId: 2, username: 'Ben Example', unread: 2, waitingSince: new Date().toISOString(), preview }),
        summaryOf({ clientId: 3, username: ' ', preview: { ...preview, senderType: 'OPERATOR', operatorName: 'Maya Lindqvist' } }),
      ],
    });
  });
}
const row = (page: Page, name: string) => page.getByRole('list', { name: 'Conversations' }).getByRole('button', { name, exact: true });

it('names each row by visitor, unread count and waiting time alone, and describes it with the rest', async () => {
  const page = await harness.open();
  await threeVisitors(page);
  await row(page, 'Ana Example').waitFor();
  await row(page, 'Ben Example, 2 unread, waiting now').waitFor();
  await row(page, 'Visitor 3').getByText('You: Hello there').waitFor();
  const description = await row(page, 'Visitor 3').evaluate(
    (button) => document.querySelector(`#${CSS.escape(button.getAttribute('aria-describedby') ?? '')}`)?.textContent,
  );
  expect(description).toMatch(/^You: Hello there, \d\d:\d\d$/);
  expect(await page.title()).toBe('(1) Inbox');
  await page.evaluate(() => {
    window.harness.chat.summarize(2, { unread: 0, waitingSince: null, typing: true });
    window.harness.chat.set({ waiting: 0 });
  });
  await row(page, 'Ben Example').getByText('Typing…').waitFor();
  await expect.poll(async () => await page.title()).toBe('Inbox');
});

it('keeps the open conversation in the address: a reload shows it again, back leads to the list', async () => {
  const page = await harness.open();
  await threeVisitors(page);
  await row(page, 'Ben Example, 2 unread, waiting now').click();
  await page.getByRole('heading', { name: 'Ben Example', exact: true }).waitFor();
  expect(new URL(page.url()).search).toBe('?c=2');
  expect(await row(page, 'Ben Example, 2 unread, waiting now').getAttribute('aria-current')).toBe('true');
  await row(page, 'Ana Example').click();
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  await page.reload();
  await page.evaluate(() => window.harness.show('console'));
  await threeVisitors(page);
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  await page.goBack();
  await page.evaluate(() => window.harness.show('console'));
  await page.getByRole('button', { name: 'Answer the longest waiting' }).waitFor({ state: 'attached' });
});

it('goes through the list by keyboard, and what is typed stays typed', async () => {
  const page = await harness.open();
  await threeVisitors(page);
  await row(page, 'Ana Example').waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: 'Ben Example', exact: true }).waitFor();
  await page.keyboard.press('r');
  await page.keyboard.type('jk?');
  const field = page.getByRole('textbox', { name: 'Message', exact: true });
  expect(await field.inputValue()).toBe('jk?');
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  expect(await field.inputValue()).toBe('');
  await expect.poll(async () => await field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('heading', { name: 'Ben Example', exact: true }).waitFor();
  expect(await field.inputValue()).toBe('jk?');
  await page.keyboard.press('Escape');
  expect(await row(page, 'Ben Example, 2 unread, waiting now').evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await dialog.getByRole('checkbox', { name: 'Use single letters as shortcuts' }).uncheck();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.keyboard.press('k');
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('heading', { name: 'Visitor 3', exact: true }).waitFor();
});

it('says how the line is, and what is wrong with it', async () => {
  const page = await harness.open();
  const status = page.getByRole('status').filter({ hasText: /^(Connected|Checking the connection|Reconnecting|Offline)$/ });
  await status.getByText('Connected', { exact: true }).waitFor();
  await page.evaluate(() => window.harness.chat.set({ connection: 'checking' }));
  await status.getByText('Checking the connection', { exact: true }).waitFor();
  await page.evaluate(() => window.harness.chat.set({ connection: 'reconnecting', savesFailing: true }));
  await status.getByText('Reconnecting', { exact: true }).waitFor();
  await page
    .getByRole('alert')
    .getByText(/not being saved/)
    .waitFor();
  await page.evaluate(() => window.harness.chat.set({ connection: 'offline', noLiveConnection: true }));
  await status.getByText('Offline', { exact: true }).waitFor();
  await page
    .getByRole('alert')
    .getByText(/You are offline/)
    .waitFor();
  await page.evaluate(() => window.harness.chat.set({ connection: 'connecting', savesFailing: false }));
  await page
    .getByRole('alert')
    .getByText(/No live connection to chat\.lamps\.example/)
    .waitFor();
  await page.evaluate(() => window.harness.chat.set({ connection: 'reconnecting', signedOut: true }));
  // Behind the dialog, where the tree of roles ends.
  await page.getByText('Signed out', { exact: true }).waitFor();
  await expect.poll(async () => await page.getByRole('alert').count()).toBe(0);
});

it.each([
  ['beside each other', { width: 1440, height: 900 }],
  ['on a phone', { width: 390, height: 844 }],
])('says it without moving what is about to be clicked: %s', async (_where, viewport) => {
  const page = await harness.open('console', { viewport });
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    chat.set({ conversations: ['Ana', 'Bo'].map((username, index) => summaryOf({ clientId: index + 1, username })) });
  });
  const row = page.getByRole('button', { name: 'Ana', exact: true });
  const places = async () => JSON.stringify([await row.boundingBox(), await page.getByRole('heading', { name: 'Inbox' }).boundingBox()]);
  await row.waitFor();
  const before = await places();
  await page.evaluate(() => window.harness.chat.set({ connection: 'reconnecting', noLiveConnection: true }));
  const words = page.getByRole('alert').getByText('Reconnecting. Messages still arrive');
  await words.waitFor();
  expect(await places()).toBe(before);
  await row.click();
  const field = page.getByRole('textbox', { name: 'Message', exact: true });
  const [sentence, back, box] = [
    await words.boundingBox(),
    await page.getByRole('heading', { name: 'Ana' }).boundingBox(),
    await field.boundingBox(),
  ];
  // Neither over the conversation's name nor over the field.
  expect(sentence?.y).toBeGreaterThanOrEqual((back?.y ?? 0) + (back?.height ?? 0));
  expect((sentence?.y ?? 0) + (sentence?.height ?? 0)).toBeLessThanOrEqual(box?.y ?? 0);
});

it('says what an empty list is for, and when it could not be loaded', async () => {
  const page = await harness.open();
  await page.getByText('No conversations yet').waitFor();
  await page.getByText(/<script async src="http:\/\/console\.localhost\/widget\.js">/).waitFor();
  await page.evaluate(() => window.harness.chat.set({ list: 'failed' }));
  await expect.poll(async () => await page.getByText('could not be loaded').isVisible()).toBe(true);
});

it('asks to sign in again when the session is over, and keeps the draft', async () => {
  const page = await harness.open('console', { path: '/?c=1' });
  await threeVisitors(page);
  const field = page.getByRole('textbox', { name: 'Message', exact: true });
  await field.fill('Half a sen');
  await page.route('**/api/auth/sign-in/email', async (route) => {
    const { email, password } = route.request().postDataJSON() as { email: string; password: string };
    await route.fulfill({ status: email === 'maya@lamps.example' && password === 'right' ? 200 : 401, json: {} });
  });
  await page.evaluate(() => window.harness.chat.set({ signedOut: true }));
  const dialog = page.getByRole('dialog', { name: 'You are signed out' });
  await dialog.getByLabel('Password', { exact: true }).fill('wrong');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').getByText('The email or the password is wrong.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.getByLabel('Password', { exact: true }).fill('right');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect.poll(async () => await page.evaluate(() => window.harness.signedIn)).toEqual(['maya@lamps.example']);
  await page.evaluate(() => window.harness.chat.set({ signedOut: false }));
  expect(await field.inputValue()).toBe('Half a sen');
});

it('is two screens on a phone, with rows that a finger hits', async () => {
  const page = await harness.open('console', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await threeVisitors(page);
  const box = await row(page, 'Ana Example').boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(56);
  await row(page, 'Ana Example').tap();
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  expect(await page.getByRole('list', { name: 'Conversations' }).isVisible()).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.getByRole('button', { name: 'Back to conversations' }).tap();
  await row(page, 'Ana Example').waitFor();
  expect(new URL(page.url()).search).toBe('');
});

it('sounds for a visitor’s message unless that conversation is before one’s eyes, once among several tabs, and not when muted', async () => {
  const page = await harness.open('nothing', { path: '/?c=1' });
  await page.evaluate(() => {
    Object.assign(window, { notes: 0 });
    window.AudioContext = class extends AudioContext {
      override createOscillator(): OscillatorNode {
        Object.assign(window, { notes: Number(Reflect.get(window, 'notes')) + 1 });
        return super.createOscillator();
      }
    };
    window.harness.show('console');
  });
  await threeVisitors(page);
  const notes = async () => await page.evaluate(() => Number(Reflect.get(window, 'notes')));
  await page.getByRole('button', { name: 'Mute sound' }).waitFor();
  await page.evaluate(() => window.harness.chat.visitorSays(1, 'To the open one'));
  await page.evaluate(() => window.harness.chat.visitorSays(2, 'To another'));
  await expect.poll(notes).toBe(2);
  // Another tab has claimed this one already.
  await page.evaluate(async () => {
    await new Promise<void>((held) => {
      void navigator.locks.request('switchboard sound live 3', async () => {
        held();
        await new Promise(() => undefined);
      });
    });
    window.harness.chat.visitorSays(2, 'Claimed elsewhere');
    window.harness.chat.visitorSays(2, 'Not claimed');
  });
  await expect.poll(notes).toBe(4);
  await page.getByRole('button', { name: 'Mute sound' }).click();
  await page.reload();
  await page.evaluate(() => window.harness.show('console'));
  await page.getByRole('button', { name: 'Turn sound on' }).waitFor();
});

/** Shows the console in a browser that gives no sound before somebody clicks. */
async function openSilenced(): Promise<Page> {
  const page = await harness.open('nothing');
  await page.evaluate(() => {
    let state = 'suspended';
    Object.defineProperty(AudioContext.prototype, 'state', { get: () => state });
    AudioContext.prototype.resume = async function resume() {
      state = 'running';
      this.dispatchEvent(new Event('statechange'));
      await Promise.resolve();
    };
    window.harness.show('console');
  });
  await page.getByRole('button', { name: 'Turn on sound' }).waitFor();
  return page;
}

it('opens the conversation that was clicked, though the same click brings the sound and takes the notice above the list away', async () => {
  const page = await openSilenced();
  await threeVisitors(page);
  const first = page.getByRole('list', { name: 'Conversations' }).getByRole('button').first();
  const name = ((await first.getAttribute('aria-label')) ?? '').replace(/, .*$/, '');
  await first.hover();
  await page.mouse.down();
  // Whatever the press has set off is on the screen before the finger goes up.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
  });
  await page.mouse.up();
  await page.getByRole('heading', { name, exact: true }).waitFor();
  await expect.poll(async () => await page.getByRole('button', { name: 'Turn on sound' }).count()).toBe(0);
});

it('shows how to turn the sound on where the browser waits for a click', async () => {
  const page = await openSilenced();
  const unlock = page.getByRole('button', { name: 'Turn on sound' });
  await unlock.click();
  await expect.poll(async () => await unlock.count()).toBe(0);
});
