import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const asked = async (page: Page, what: string) =>
  (await page.evaluate(() => window.harness.chat.asked)).filter((entry) => entry.startsWith(what));

/** Newest first: Dora waits for a minute, Cleo for an hour, Ben not at all, Ana is blocked. */
async function open(path = '/'): Promise<Page> {
  const page = await harness.open('nothing', { path });
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    const since = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    chat.set({
      waiting: 2,
      conversations: [
        summaryOf({ clientId: 4, username: 'Dora', waitingSince: since(1) }),
        summaryOf({ clientId: 3, username: 'Cleo', waitingSince: since(60) }),
        summaryOf({ clientId: 2, username: 'Ben' }),
        summaryOf({ clientId: 1, username: 'Ana', waitingSince: since(90), blockedAt: since(80) }),
      ],
    });
    window.harness.show('console');
  });
  await page.getByRole('list', { name: 'Conversations' }).getByRole('button', { name: 'Ben', exact: true }).waitFor();
  return page;
}

it('N opens the visitor who has waited longest, then the next, and no blocked or answered ones', async () => {
  const page = await open();
  await page.getByText('2 visitors are waiting for an answer.').waitFor();
  await page.getByText('The longest: Cleo, 1 h').waitFor();
  await page.keyboard.press('n');
  await heading(page, 'Cleo').waitFor();
  await page.keyboard.press('n');
  await heading(page, 'Dora').waitFor();
  await page.keyboard.press('n');
  await heading(page, 'Cleo').waitFor();
  expect(new URL(page.url()).search).toBe('?c=3');
});

it('N returns from the view Done to waiting visitors, and says when there are none', async () => {
  const page = await open('/?view=done');
  await page.keyboard.press('n');
  await heading(page, 'Cleo').waitFor();
  expect(await asked(page, 'view')).toEqual(['view done', 'view waiting']);
  await page.evaluate(() => window.harness.chat.set({ conversations: [], waiting: 0 }));
  await page.keyboard.press('n');
  await page.getByRole('status').getByText('Nobody is waiting for an answer.').waitFor();
});

it('E marks the open conversation as done with an undo button, and reopens it', async () => {
  const page = await open('/?c=3');
  await page.keyboard.press('e');
  await expect.poll(async () => await asked(page, 'done')).toEqual(['done 3 true']);
  const notice = page.getByRole('status').filter({ hasText: 'Cleo is done.' });
  await notice.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => await asked(page, 'done')).toEqual(['done 3 true', 'done 3 false']);
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.getByRole('button', { name: 'Reopen', exact: true }).click();
  await page.getByRole('status').getByText('Cleo is open again.').waitFor();
  await page.getByRole('button', { name: 'Done', exact: true }).waitFor();
});

it('the undo button stays for eight seconds, and longer while the pointer or focus is on it', async () => {
  const page = await harness.open('nothing', { path: '/?c=3' });
  await page.clock.install();
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    chat.set({ conversations: [summaryOf({ clientId: 3, username: 'Cleo' })] });
    window.harness.show('console');
  });
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  const undo = page.getByRole('button', { name: 'Undo', exact: true });
  await undo.focus();
  await page.clock.runFor(20_000);
  expect(await undo.isVisible()).toBe(true);
  await field(page).focus();
  await page.clock.runFor(7_000);
  expect(await undo.isVisible()).toBe(true);
  await page.clock.runFor(1_500);
  await expect.poll(async () => await undo.count()).toBe(0);
});

it('says that a conversation was not marked as done because of a new message', async () => {
  const page = await open('/?c=3');
  await page.evaluate(() => {
    window.harness.chat.refusal = new window.harness.ChatError('conflict', 'There is a new message.', { reason: 'new_message' });
  });
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.getByRole('status').getByText('There is a new message in this conversation. Read it first.').waitFor();
  expect(await page.getByRole('button', { name: 'Done', exact: true }).count()).toBe(1);
});

it('typing a sentence while a row has the focus opens no dialog, mutes nothing and sends nothing', async () => {
  const page = await open();
  await page.keyboard.press('j');
  await heading(page, 'Dora').waitFor();
  let chosen = 0;
  page.on('filechooser', () => (chosen += 1));
  await page.keyboard.type('Thanks, a moment: my dad made it, and all is am ad mm aa');
  await heading(page, 'Dora').waitFor();
  // Also elsewhere, where no row uses the letters.
  await page.getByRole('log', { name: 'Messages' }).focus();
  await page.keyboard.type('mad');
  expect(await page.getByRole('button', { name: 'Mute sound' }).count()).toBe(1);
  expect(await page.getByRole('button', { name: 'Hide details' }).count()).toBe(1);
  expect(await field(page).inputValue()).toBe('');
  expect([chosen, await asked(page, 'done')]).toEqual([0, []]);
});

it('Alt with A, D and M attaches, shows details and mutes, also while typing; muting can be undone', async () => {
  const page = await open('/?c=2');
  // Asked for before the other keys: a busy page may handle a key before it learns that it must report the dialog instead of opening it.
  const chooser = page.waitForEvent('filechooser');
  await field(page).focus();
  await page.keyboard.press('Alt+d');
  await page.getByRole('button', { name: 'Show details' }).waitFor();
  await page.keyboard.press('Alt+a');
  await chooser;
  await page.keyboard.press('Alt+m');
  const off = page.getByRole('status').filter({ hasText: 'Sound is off.' });
  await off.waitFor();
  await page.reload();
  await page.evaluate(() => window.harness.show('console'));
  await off.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Mute sound' }).waitFor();
  expect(await off.count()).toBe(0);
});

it('Tab leads from the top to the conversation and to the message field in two steps', async () => {
  const page = await open('/?c=2');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('To the conversation');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('To the message field');
  await page.keyboard.press('Enter');
  expect(await field(page).evaluate((element) => element === document.activeElement)).toBe(true);
  await page.getByText('To the conversation').focus();
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Conversation');
  expect(await page.evaluate(() => window.location.hash)).toBe('');
});

it('announces messages to screen readers, once for those that arrive together', async () => {
  const page = await open('/?c=2');
  await page.evaluate(() => {
    window.harness.chat.visitorSays(4, 'Hello?');
    window.harness.chat.visitorSays(4, 'Is anybody there?');
  });
  const told = page.getByText('2 new from Dora: Is anybody there?, 2 waiting');
  await told.waitFor({ state: 'attached' });
  expect(await told.evaluate((element) => element.closest('[aria-live]')?.getAttribute('aria-live'))).toBe('polite');
  await page.evaluate(() => window.harness.chat.visitorSays(3, 'And me'));
  await page.getByText('New from Cleo: And me, 2 waiting').waitFor({ state: 'attached' });
});

it('the browser opens nothing that is dropped beside the message field', async () => {
  const page = await open('/?c=2');
  const refused = async (selector: string, type: string) =>
    await page
      .locator(selector)
      .first()
      .evaluate((element, kind) => {
        const dataTransfer = new DataTransfer();
        if (kind === 'Files') dataTransfer.items.add(new File(['x'], 'x.pdf', { type: 'application/pdf' }));
        else dataTransfer.setData(kind, 'https://lamps.example');
        return ['dragover', 'drop'].map(
          (name) => !element.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer })),
        );
      }, type);
  for (const place of ['[aria-label="Conversations"]', 'header', '[role="log"]', 'footer']) {
    expect(await refused(place, 'Files'), place).toEqual([true, true]);
    expect(await refused(place, 'text/uri-list'), place).toEqual([true, true]);
  }
  expect(await refused('textarea', 'text/plain')).toEqual([false, false]);
});
