import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleStage } from '../../testing/use-console-stage.ts';

const stage = useConsoleStage();

/** The console with Ana's conversation open, `count` messages of hers in it. */
async function withAna(count: number, firstUnread: number | null = null): Promise<Page> {
  const page = await stage.open('nothing', { path: '/?c=1' });
  await page.evaluate(
    ([many, unread]) => {
      const { chat, summaryOf, messageOf } = window.stage;
      const messages = Array.from({ length: many }, (_, index) =>
        messageOf({ key: `m${index}`, text: `Message ${index}`, createdAt: new Date(Date.now() - (many - index) * 600_000).toISOString() }),
      );
      chat.conversation(1).set({ messages, firstUnreadKey: unread === null ? null : `m${unread}` });
      chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana Example' }), summaryOf({ clientId: 2, username: 'Ben' })] });
      window.stage.show('console');
    },
    [count, firstUnread] as const,
  );
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  return page;
}
const log = (page: Page) => page.getByRole('log', { name: 'Messages' });
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const asked = async (page: Page, what: string) =>
  (await page.evaluate(() => window.stage.chat.conversation(1).asked)).filter((entry) => entry.startsWith(what));
const fromEnd = async (page: Page) =>
  await log(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
const topOf = async (page: Page, text: string) => (await log(page).getByText(text, { exact: true }).boundingBox())?.y ?? Number.NaN;

it('clears the text only when it is taken over', async () => {
  const page = await withAna(1);
  await page.evaluate(() => Object.assign(window.stage.chat.conversation(1), { held: true }));
  await field(page).fill('One');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect.poll(async () => await asked(page, 'send')).toEqual(['send One']);
  expect(await field(page).inputValue()).toBe('One');
  await page.evaluate(() => window.stage.chat.conversation(1).letThrough());
  await expect.poll(async () => await field(page).inputValue()).toBe('');
  expect(await asked(page, 'send')).toEqual(['send One']);
});

it('keeps the text and says why when it is refused', async () => {
  const page = await withAna(1);
  await page.evaluate(() =>
    Object.assign(window.stage.chat.conversation(1), {
      refusal: new window.stage.ChatError('invalid_request', 'The message is too long.'),
    }),
  );
  await field(page).fill('One');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('alert').getByText('The message is too long.').waitFor();
  expect(await field(page).inputValue()).toBe('One');
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

it('keeps a draft per conversation, over a reload too', async () => {
  const page = await withAna(1);
  await field(page).fill('For Ana');
  await page.getByRole('button', { name: 'Ben', exact: true }).click();
  await page.getByRole('heading', { name: 'Ben', exact: true }).waitFor();
  expect(await field(page).inputValue()).toBe('');
  await page.getByRole('button', { name: 'Ana Example', exact: true }).click();
  await page.reload();
  await page.evaluate(() => window.stage.show('console'));
  await expect.poll(async () => await field(page).inputValue()).toBe('For Ana');
});

it('shows each own message’s status in words, the last one’s to the eye, and offers Retry and Discard on what was refused', async () => {
  const page = await withAna(0);
  await page.evaluate(() => {
    const { chat, messageOf } = window.stage;
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
  await page.evaluate(() => window.stage.chat.conversation(1).change('b', { status: 'failed' }));
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await text('Second').waitFor({ state: 'detached' });
  expect([...(await asked(page, 'retry')), ...(await asked(page, 'discard'))]).toEqual(['retry b', 'discard b']);
});

it('opens at the end, stays there for what comes, and leaves who reads above where they are', async () => {
  const page = await withAna(60);
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await page.evaluate(() => window.stage.chat.visitorSays(1, 'Live one'));
  await log(page).getByText('Live one').waitFor();
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await log(page).hover();
  await page.mouse.wheel(0, -900);
  await expect.poll(async () => await fromEnd(page)).toBeGreaterThan(600);
  await expect.poll(async () => (await asked(page, 'visible')).at(-1)).toBe('visible false');
  const before = await topOf(page, 'Message 50');
  await page.evaluate(() => window.stage.chat.visitorSays(1, 'Live two'));
  const pill = page.getByRole('button', { name: 'New message', exact: true });
  await pill.waitFor();
  expect(Math.abs((await topOf(page, 'Message 50')) - before)).toBeLessThan(1.5);
  await pill.click();
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await pill.waitFor({ state: 'detached' });
  await expect.poll(async () => (await asked(page, 'visible')).at(-1)).toBe('visible true');
});

it('opens at the first unread message, and counts nothing as seen before its end is', async () => {
  const page = await withAna(60, 20);
  const divider = log(page).getByText('New', { exact: true });
  await divider.waitFor();
  const top = (await log(page).boundingBox())?.y ?? 0;
  await expect.poll(async () => ((await divider.boundingBox())?.y ?? 9_999) - top).toBeLessThan(60);
  expect(await asked(page, 'visible true')).toEqual([]);
  await page.getByRole('button', { name: 'Ana Example' }).focus();
  await log(page).focus();
  await page.keyboard.press('End');
  await expect.poll(async () => (await asked(page, 'visible')).at(-1)).toBe('visible true');
});

it.each([
  [900, 1],
  [300, 1],
  [0, 1],
  [900, 30],
  [300, 30],
  [0, 30],
])('holds what is in view while older messages come in above, %i pixels from the top, %i minutes apart', async (top, minutes) => {
  const page = await withAna(60);
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await log(page).evaluate((element, to) => (element.scrollTop = to), top);
  await expect.poll(async () => (await asked(page, 'visible')).at(-1)).toBe('visible false');
  // What a person has before the eyes, and then older messages of many heights above it, of the same day and sender too.
  const anchor = await log(page).evaluate((element) => {
    const { top: edge } = element.getBoundingClientRect();
    const shown = [...element.querySelectorAll('[data-key]')].find((message) => message.getBoundingClientRect().top > edge + 40);
    return shown?.textContent ?? '';
  });
  expect(anchor).toMatch(/^Message \d+/);
  const text = /^Message \d+/.exec(anchor)?.[0] ?? '';
  const before = await topOf(page, text);
  await page.evaluate((apart) => {
    const { chat, messageOf } = window.stage;
    const conversation = chat.conversation(1);
    const { messages } = conversation.getSnapshot();
    const first = Date.parse(messages[0]?.createdAt ?? '');
    const older = Array.from({ length: 50 }, (_, index) =>
      messageOf({
        key: `old ${index}`,
        text: `Older ${index} ${'and more '.repeat(index)}`,
        createdAt: new Date(first - (50 - index) * apart * 60_000).toISOString(),
      }),
    );
    conversation.set({ messages: [...older, ...messages] });
  }, minutes);
  await expect
    .poll(
      async () =>
        await log(page)
          .getByText(/^Older 49/)
          .count(),
    )
    .toBe(1);
  await page.evaluate(
    async () => await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve)))),
  );
  expect(Math.abs((await topOf(page, text)) - before)).toBeLessThan(1.5);
});

it('loads older messages before the top is reached, page by page', async () => {
  const page = await withAna(60);
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await page.evaluate(() => {
    const conversation = window.stage.chat.conversation(1);
    conversation.olderPages = [1, 2].map((number) => [window.stage.messageOf({ key: `old ${number}`, text: `Older ${number}` })]);
    conversation.set({ hasOlder: true });
  });
  expect(await asked(page, 'older')).toEqual([]);
  await log(page).evaluate((element) => (element.scrollTop = 200));
  await log(page).getByText('Older 1', { exact: true }).waitFor({ state: 'attached' });
  await log(page).evaluate((element) => (element.scrollTop = 100));
  await log(page).getByText('Older 2', { exact: true }).waitFor({ state: 'attached' });
  expect(await asked(page, 'older')).toEqual(['older', 'older']);
});

it('offers to load older messages again when that failed', async () => {
  const page = await withAna(3);
  await page.evaluate(() => window.stage.chat.conversation(1).set({ hasOlder: true }));
  const again = page.getByRole('button', { name: 'Load older messages' });
  await again.waitFor();
  expect(await asked(page, 'older')).toEqual(['older']);
  await page.evaluate(() => {
    window.stage.chat.conversation(1).olderPages = [[window.stage.messageOf({ key: 'first', text: 'The very first' })]];
  });
  await again.click();
  await log(page).getByText('The very first').waitFor();
});

it('the field is one line high again on a phone after it was on a desk', async () => {
  const page = await withAna(1);
  const height = async () => (await field(page).boundingBox())?.height ?? 0;
  const onDesk = await height();
  await page.setViewportSize({ width: 390, height: 780 });
  await expect.poll(async () => (await field(page).boundingBox())?.width ?? 0).toBeLessThan(390);
  await expect.poll(height).toBeLessThan(onDesk * 2);
  // And as high as its text needs it to be.
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
  const colour = async () => {
    await page.waitForFunction(() => document.getAnimations().length === 0);
    return await send.evaluate((element) => getComputedStyle(element).backgroundColor);
  };
  expect(await send.isDisabled()).toBe(true);
  const away = await colour();
  await send.hover({ force: true });
  expect(await colour()).toBe(away);
  // What is shown is not the colour of a button that can be pressed.
  await field(page).fill('Now it can.');
  expect(await colour()).not.toBe(away);
});

it('has nothing to write with where there is no such conversation', async () => {
  const page = await withAna(0);
  await page.evaluate(() => window.stage.chat.conversation(1).set({ history: 'missing' }));
  await log(page).getByText('There is no such conversation.').waitFor();
  await page.getByRole('heading', { name: 'No conversation', exact: true }).waitFor();
  expect(await field(page).count()).toBe(0);
});
