import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { asked, log, openAna } from '../../testing/ana.ts';
import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();

const withAna = async (count: number) => await openAna(harness, count);
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });

it('takes a text at Enter, so that further typing is the next message however long the outbox takes', async () => {
  const page = await withAna(1);
  await page.evaluate(() => Object.assign(window.harness.chat.conversation(1), { held: true }));
  await field(page).fill('One');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  expect(await field(page).inputValue()).toBe('');
  await page.keyboard.type('Two');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Thr');
  await expect.poll(async () => await asked(page, 'send')).toEqual(['send One']);
  await page.evaluate(() => window.harness.chat.conversation(1).letThrough());
  await expect.poll(async () => await asked(page, 'send')).toEqual(['send One', 'send Two']);
  expect(await field(page).inputValue()).toBe('Thr');
});

it('puts a refused text back in front of what was typed since, and says why', async () => {
  const page = await withAna(1);
  await page.evaluate(() =>
    Object.assign(window.harness.chat.conversation(1), {
      held: true,
      refusal: new window.harness.ChatError('conflict', 'Nothing can be sent now.'),
    }),
  );
  for (const text of ['One', 'Two']) {
    await field(page).fill(text);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
  }
  await page.keyboard.type('Three');
  await page.evaluate(() => window.harness.chat.conversation(1).letThrough());
  await page.getByRole('alert').getByText('Something has changed in the meantime.').waitFor();
  expect(await field(page).inputValue()).toBe('One\nTwo\nThree');
  expect(await asked(page, 'send')).toEqual(['send One']);
  await page.evaluate(() => Object.assign(window.harness.chat.conversation(1), { refusal: undefined }));
  await page.keyboard.press('Enter');
  await expect.poll(async () => await asked(page, 'send')).toEqual(['send One', 'send One\nTwo\nThree']);
  expect(await page.getByRole('alert').count()).toBe(0);
});

it('lets operators discard a picture that is being sent, and a visitor’s message that could not be saved', async () => {
  const page = await withAna(0);
  await page.evaluate(() => {
    const { chat, messageOf } = window.harness;
    const image = { url: 'blob:none', name: 'a.png', mimeType: 'image/png', width: 60, height: 60 };
    const own = { senderType: 'OPERATOR', own: true, operatorId: 1, status: 'sending' } as const;
    chat
      .conversation(1)
      .add(
        messageOf({ key: 'v', text: 'Theirs', status: 'failed', failure: 'Too large.' }),
        messageOf({ key: 'p', ...own, image, uploadProgress: 0.2 }),
      );
  });
  await log(page).getByText('Not saved', { exact: true }).waitFor();
  for (const name of ['Theirs', 'a.png']) {
    await log(page).getByText(name).first().waitFor();
    await page.getByRole('button', { name: 'Discard', exact: true }).first().click();
    await log(page).getByText(name).first().waitFor({ state: 'detached' });
  }
  expect(await asked(page, 'discard')).toEqual(['discard v', 'discard p']);
});

it('breaks lines with Shift+Enter and never sends while an input method composes', async () => {
  const page = await withAna(1);
  await field(page).focus();
  await page.keyboard.type('One');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('Two');
  expect(await field(page).inputValue()).toBe('One\nTwo');
  const composing = { key: 'Enter', bubbles: true, cancelable: true };
  await field(page).dispatchEvent('keydown', { ...composing, isComposing: true });
  await field(page).dispatchEvent('keydown', { ...composing, keyCode: 229 });
  expect(await asked(page, 'send')).toEqual([]);
  await page.keyboard.press('Enter');
  await expect.poll(async () => await asked(page, 'send')).toEqual(['send One\nTwo']);
});

it('keeps a draft per conversation, also over a reload', async () => {
  const page = await withAna(1);
  await field(page).fill('For Ana');
  await page.getByRole('button', { name: 'Ben', exact: true }).click();
  await page.getByRole('heading', { name: 'Ben', exact: true }).waitFor();
  expect(await field(page).inputValue()).toBe('');
  await page.getByRole('button', { name: 'Ana Example', exact: true }).click();
  await page.reload();
  await page.evaluate(() => window.harness.show('console'));
  await expect.poll(async () => await field(page).inputValue()).toBe('For Ana');
});

it('shows each own message’s status in words, the last one’s to the eye, and offers Retry and Discard on what was refused', async () => {
  const page = await withAna(0);
  await page.evaluate(() => {
    const { chat, messageOf } = window.harness;
    const own = { senderType: 'OPERATOR', own: true, operatorId: 1 } as const;
    chat
      .conversation(1)
      .add(
        messageOf({ key: 'a', ...own, text: 'First', status: 'read' }),
        messageOf({ key: 'b', ...own, text: 'Second', status: 'failed', failure: 'Ana has left.' }),
        messageOf({ key: 'c', ...own, text: 'Third', status: 'sending' }),
        messageOf({ key: 'd', ...own, text: 'Fourth', status: 'sent' }),
      );
  });
  const text = (words: string) => log(page).getByText(words, { exact: true });
  for (const words of ['Read', 'Not sent', 'Sending', 'Sent']) expect(await text(words).count(), words).toBe(1);
  const width = async (words: string) => (await text(words).boundingBox())?.width ?? 0;
  expect(await width('Read')).toBeLessThan(2);
  for (const words of ['Not sent', 'Sending', 'Sent']) expect(await width(words), words).toBeGreaterThan(20);
  await log(page).getByText('Ana has left.').waitFor();
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  await expect.poll(async () => await text('Sending').count()).toBe(2);
  await page.evaluate(() => window.harness.chat.conversation(1).change('b', { status: 'failed' }));
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await text('Second').waitFor({ state: 'detached' });
  expect([...(await asked(page, 'retry')), ...(await asked(page, 'discard'))]).toEqual(['retry b', 'discard b']);
});

it('the field shrinks to one line when the window becomes narrow', async () => {
  const page = await withAna(1);
  const height = async () => (await field(page).boundingBox())?.height ?? 0;
  const onDesk = await height();
  await page.setViewportSize({ width: 390, height: 780 });
  await expect.poll(async () => (await field(page).boundingBox())?.width ?? 0).toBeLessThan(390);
  await expect.poll(height).toBeLessThan(onDesk * 2);
  // And grows with its text.
  await field(page).fill('word '.repeat(40));
  const needed = await height();
  expect(needed).toBeGreaterThan(onDesk * 2);
  await page.setViewportSize({ width: 1280, height: 780 });
  await expect.poll(height).toBeLessThan(needed);
});

it.each(['light', 'dark'] as const)('a button that can not be pressed does not light up under the pointer, %s', async (colorScheme) => {
  const page = await withAna(1);
  await page.emulateMedia({ colorScheme });
  const send = page.getByRole('button', { name: 'Send', exact: true });
  const color = async () => {
    await page.waitForFunction(() => document.getAnimations().length === 0);
    return await send.evaluate((element) => getComputedStyle(element).backgroundColor);
  };
  expect(await send.isDisabled()).toBe(true);
  const away = await color();
  await send.hover({ force: true });
  expect(await color()).toBe(away);
  // The color differs from that of an enabled button.
  await field(page).fill('Now it can.');
  expect(await color()).not.toBe(away);
});

it('has no composer for a conversation that does not exist', async () => {
  const page = await withAna(0);
  await page.evaluate(() => window.harness.chat.conversation(1).set({ history: 'missing' }));
  await log(page).getByText('There is no such conversation.').waitFor();
  await page.getByRole('heading', { name: 'No conversation', exact: true }).waitFor();
  expect(await field(page).count()).toBe(0);
});
