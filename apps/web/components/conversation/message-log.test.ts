import { expect, it } from 'vitest';

import { asked, fromEnd, log, openAna, topOf, view } from '../../testing/ana.ts';
import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();
const withAna = async (count: number, firstUnread: number | null = null) => await openAna(harness, count, firstUnread);

it('opens at the end, stays there for new messages, and does not scroll a reader further up', async () => {
  const page = await withAna(60);
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await page.evaluate(() => window.harness.chat.visitorSays(1, 'Live one'));
  await log(page).getByText('Live one').waitFor();
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await log(page).hover();
  await page.mouse.wheel(0, -900);
  await expect.poll(async () => await fromEnd(page)).toBeGreaterThan(600);
  await expect.poll(async () => (await view(page)).following).toBe(false);
  const before = await topOf(page, 'Message 50');
  await page.evaluate(() => window.harness.chat.visitorSays(1, 'Live two'));
  const pill = page.getByRole('button', { name: 'New message', exact: true });
  await pill.waitFor();
  expect(Math.abs((await topOf(page, 'Message 50')) - before)).toBeLessThan(1.5);
  await pill.click();
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await pill.waitFor({ state: 'detached' });
  await expect.poll(async () => (await view(page)).following).toBe(true);
});

it('has a button to the newest message while it is far away, also without new ones', async () => {
  const page = await withAna(60);
  const button = page.getByRole('button', { name: 'To the newest message', exact: true });
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  expect(await button.count()).toBe(0);
  await log(page).evaluate((element) => (element.scrollTop -= 150));
  await expect.poll(async () => (await view(page)).following).toBe(false);
  expect(await button.count()).toBe(0);
  await log(page).evaluate((element) => (element.scrollTop -= 100));
  await button.waitFor();
  const [box, frame] = [await button.boundingBox(), await log(page).boundingBox()];
  expect([box?.width, box?.height]).toEqual([40, 40]);
  expect((frame?.x ?? 0) + (frame?.width ?? 0) - (box?.x ?? 0)).toBeLessThan(80);
  await button.click();
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await button.waitFor({ state: 'detached' });
});

it('leads up to a message that arrives late and was sent before those in view', async () => {
  const page = await withAna(60);
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  const before = await topOf(page, 'Message 59');
  await page.evaluate(() => {
    const { chat, messageOf } = window.harness;
    const conversation = chat.conversation(1);
    const { messages } = conversation.getSnapshot();
    const late = messageOf({ key: 'late', text: 'Sent long ago', createdAt: messages[4]?.createdAt ?? '' });
    conversation.set({ messages: [...messages.slice(0, 5), late, ...messages.slice(5)], unread: ['CLIENT late'], firstUnreadKey: 'late' });
  });
  const pill = page.getByRole('button', { name: 'New message', exact: true });
  await pill.waitFor();
  expect(Math.abs((await topOf(page, 'Message 59')) - before)).toBeLessThan(1.5);
  expect((await view(page)).outOfView).toEqual(['CLIENT late']);
  await pill.click();
  const frame = await log(page).boundingBox();
  await expect.poll(async () => (await topOf(page, 'Sent long ago')) - (frame?.y ?? 0)).toBeGreaterThan(0);
  await expect.poll(async () => await page.evaluate(() => window.harness.chat.conversation(1).getSnapshot().unread)).toEqual([]);
  await pill.waitFor({ state: 'detached' });
});

it('keeps the messages in view in place while the reader scrolls up and new ones arrive', async () => {
  const page = await withAna(200);
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await log(page).hover();
  for (let step = 0; step < 8; step += 1) {
    await page.mouse.wheel(0, -300);
    const jump = await log(page).evaluate(async (element, number) => {
      const edge = element.getBoundingClientRect().top;
      const shown = [...element.querySelectorAll('[data-key]')].find((message) => message.getBoundingClientRect().top > edge + 40);
      const place = () => (shown?.getBoundingClientRect().top ?? 0) + element.scrollTop;
      const before = place();
      window.harness.chat.visitorSays(1, `While reading ${number}`);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return place() - before;
    }, step);
    expect(Math.abs(jump)).toBeLessThan(1.5);
  }
  expect(await fromEnd(page)).toBeGreaterThan(1_500);
});

it('does not scroll past unread messages while nobody looks', async () => {
  const page = await withAna(60);
  await expect.poll(async () => await fromEnd(page)).toBeLessThan(2);
  await page.evaluate(() => {
    document.hasFocus = () => false;
    window.dispatchEvent(new Event('blur'));
  });
  await expect.poll(async () => (await asked(page, 'visible')).at(-1)).toBe('visible false');
  await page.evaluate(() => {
    for (let index = 0; index < 60; index += 1) window.harness.chat.visitorSays(1, `Away ${index}`);
  });
  await page.getByRole('button', { name: 'New messages', exact: true }).waitFor();
  const frame = await log(page).boundingBox();
  const top = (await topOf(page, 'Away 0')) - (frame?.y ?? 0);
  expect(top).toBeGreaterThan(0);
  expect(top).toBeLessThan(200);
});

it('opens at the first unread message, and leads to the others', async () => {
  const page = await withAna(60, 20);
  const divider = log(page).getByText('New', { exact: true });
  await divider.waitFor();
  const top = (await log(page).boundingBox())?.y ?? 0;
  await expect.poll(async () => Math.abs(((await divider.boundingBox())?.y ?? 9_999) - top - 16)).toBeLessThan(8);
  await page.getByRole('button', { name: 'New messages', exact: true }).waitFor();
  expect((await view(page)).outOfView).toContain('CLIENT m59');
  await page.getByRole('button', { name: 'Ana Example' }).focus();
  await log(page).focus();
  await page.keyboard.press('End');
  await expect.poll(async () => (await view(page)).following).toBe(true);
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
  await expect.poll(async () => (await view(page)).following).toBe(false);
  // The messages in view, and older ones of different heights above, some of the same day and sender.
  const anchor = await log(page).evaluate((element) => {
    const { top: edge } = element.getBoundingClientRect();
    const shown = [...element.querySelectorAll('[data-key]')].find((message) => message.getBoundingClientRect().top > edge + 40);
    return shown?.textContent ?? '';
  });
  expect(anchor).toMatch(/^Message \d+/);
  const text = /^Message \d+/.exec(anchor)?.[0] ?? '';
  const before = await topOf(page, text);
  await page.evaluate((apart) => {
    const { chat, messageOf } = window.harness;
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
    const conversation = window.harness.chat.conversation(1);
    conversation.olderPages = [1, 2].map((number) => [window.harness.messageOf({ key: `old ${number}`, text: `Older ${number}` })]);
    conversation.set({ hasOlder: true });
  });
  expect(await asked(page, 'older')).toEqual([]);
  await log(page).evaluate((element) => (element.scrollTop = 200));
  await log(page).getByText('Older 1', { exact: true }).waitFor({ state: 'attached' });
  await log(page).evaluate((element) => (element.scrollTop = 100));
  await log(page).getByText('Older 2', { exact: true }).waitFor({ state: 'attached' });
  expect(await asked(page, 'older')).toEqual(['older', 'older']);
});

it('offers to retry when older messages could not be loaded', async () => {
  const page = await withAna(3);
  await page.evaluate(() => window.harness.chat.conversation(1).set({ hasOlder: true }));
  const again = page.getByRole('button', { name: 'Load older messages' });
  await again.waitFor();
  expect(await asked(page, 'older')).toEqual(['older']);
  await page.evaluate(() => {
    window.harness.chat.conversation(1).olderPages = [[window.harness.messageOf({ key: 'first', text: 'The very first' })]];
  });
  await again.click();
  await log(page).getByText('The very first').waitFor();
});
