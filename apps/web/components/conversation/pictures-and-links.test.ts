import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();

/** The console with one message of a visitor open. */
async function withMessage(message: { text?: string; image?: { width: number | null; height: number | null } }): Promise<Page> {
  const page = await harness.open('nothing', { path: '/?c=1' });
  await page.evaluate(({ text = null, image }) => {
    const { chat, summaryOf, messageOf } = window.harness;
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 600, height: 300 });
    const picture = image === undefined ? null : { ...image, url: canvas.toDataURL('image/png'), name: 'lamp.png', mimeType: 'image/png' };
    chat.conversation(1).set({ messages: [messageOf({ key: 'one', text, image: picture })] });
    chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana' })] });
    window.harness.show('console');
  }, message);
  return page;
}
const log = (page: Page) => page.getByRole('log', { name: 'Messages' });

it('shows text as text, with safe links that send no referrer', async () => {
  const hostile = '<img src=x onerror="document.title=\'owned\'"> javascript:alert(1) https://lamps.example/a';
  const page = await withMessage({ text: hostile });
  await log(page).getByText(hostile).waitFor();
  const links = await log(page)
    .locator('a')
    .evaluateAll((all) => all.map((link) => [link.getAttribute('href'), link.getAttribute('rel'), link.getAttribute('target')]));
  expect(links).toEqual([['https://lamps.example/a', 'noopener noreferrer nofollow', '_blank']]);
  expect(await log(page).locator('img').count()).toBe(0);
  expect(await page.title()).not.toContain('owned');
});

it('shows code in a fixed-width font and single emoji large, and no other Markdown', async () => {
  const page = await withMessage({ text: 'See **this**:\n```\nnpm start\n  -- https://lamps.example/a\n```\n    indented\n🎉\nBye' });
  const code = log(page).locator('code');
  expect(await code.allTextContents()).toEqual(['npm start\n  -- https://lamps.example/a', '    indented']);
  expect(await code.first().evaluate((element) => getComputedStyle(element).fontFamily)).toMatch(/monospace/);
  expect(
    await log(page)
      .getByText('🎉')
      .evaluate((element) => getComputedStyle(element.closest('.block') ?? element).fontSize),
  ).toBe('28px');
  expect(await log(page).locator('p').first().innerText()).toMatch(/^See \*\*this\*\*:\n/);
});

it('shows a picture of another site as a link, without a request to that site', async () => {
  const page = await harness.open('nothing', { path: '/?c=1' });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.evaluate(() => {
    const { chat, summaryOf, messageOf } = window.harness;
    const image = { url: 'https://shop.example/lamp.png', name: 'lamp.png', mimeType: 'image/png', width: null, height: null };
    chat.conversation(1).set({ messages: [messageOf({ key: 'one', image })] });
    chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana' })] });
    window.harness.show('console');
  });
  const link = log(page).getByRole('link', { name: 'lamp.png' });
  expect(await link.getAttribute('href')).toBe('https://shop.example/lamp.png');
  await log(page).getByText('A picture on shop.example').waitFor();
  expect(await log(page).locator('img').count()).toBe(0);
  expect(asked.filter((url) => url.includes('shop.example'))).toEqual([]);
});

it('goes from picture to picture, zooms, and offers the file', async () => {
  const page = await harness.open('nothing', { path: '/?c=1' });
  await page.evaluate(() => {
    const { chat, summaryOf, messageOf } = window.harness;
    const picture = (name: string, width: number) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height: 300 });
      return { url: canvas.toDataURL('image/png'), name, mimeType: 'image/png', width, height: 300 };
    };
    const messages = ['a.png', 'b.png', 'c.png'].map((name, index) =>
      messageOf({ key: name, text: 'Here', image: picture(name, 600 + index) }),
    );
    chat.conversation(1).set({ messages });
    chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana' })] });
    window.harness.show('console');
  });
  await log(page).getByRole('button', { name: 'Open b.png' }).click();
  const dialog = (name: string) => page.getByRole('dialog', { name });
  await dialog('b.png').waitFor();
  const download = dialog('b.png').getByRole('link', { name: 'Download' });
  expect(await download.getAttribute('download')).toBe('b.png');
  await page.keyboard.press('ArrowRight');
  await dialog('c.png').waitFor();
  expect(await page.getByRole('button', { name: 'Next picture' }).getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Previous picture' }).click();
  await page.keyboard.press('ArrowLeft');
  await dialog('a.png').waitFor();
  const shown = dialog('a.png').getByRole('img', { name: 'a.png' });
  const width = async () => (await shown.boundingBox())?.width;
  expect(await width()).toBe(600);
  await page.keyboard.press('+');
  await expect.poll(width).toBe(900);
  // Arrow keys scroll it now.
  await page.keyboard.press('ArrowRight');
  await dialog('a.png').waitFor();
  await page.getByRole('button', { name: 'Zoom out' }).click();
  await expect.poll(width).toBe(600);
  await page.keyboard.press('Escape');
  await dialog('a.png').waitFor({ state: 'detached' });
});

it('shows a picture at its ratio, opens it large, and Esc leads back to it', async () => {
  const page = await withMessage({ image: { width: 600, height: 300 } });
  const button = log(page).getByRole('button', { name: 'Open lamp.png' });
  const box = await button.locator('img').boundingBox();
  expect([box?.width, box?.height].map((side) => Math.round(side ?? 0))).toEqual([320, 160]);
  await button.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'lamp.png' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(async () => await button.evaluate((element) => element === document.activeElement)).toBe(true);
});

it.each([
  ['a large one', { width: 600, height: 300 }, 320],
  ['a small one', { width: 24, height: 24 }, 200],
])('sets a caption no wider than its picture: %s', async (_what, size, width) => {
  const page = await withMessage({ text: 'many words to say about a lamp '.repeat(6), image: size });
  await expect.poll(async () => Math.round((await log(page).locator('.bubble').boundingBox())?.width ?? 0)).toBe(width);
});

it('neither enlarges a small picture nor leaves bands beside a panorama', async () => {
  const page = await withMessage({ image: { width: 24, height: 24 } });
  const look = async () =>
    await log(page)
      .locator('img')
      .evaluate((image) => [image.clientWidth, image.clientHeight, getComputedStyle(image).objectFit]);
  expect(await look()).toEqual([48, 48, 'scale-down']);
  await page.evaluate(() => {
    const [message] = window.harness.chat.conversation(1).getSnapshot().messages;
    if (message?.body.type !== 'image') throw new Error('There is no picture.');
    const image = { ...message.body.image, width: 4_000, height: 400 };
    window.harness.chat.conversation(1).change('one', { body: { ...message.body, image } });
  });
  await expect.poll(look).toEqual([320, 48, 'cover']);
});

it('reserves a space for a picture of unknown size that does not change when it has loaded', async () => {
  const page = await withMessage({ image: { width: null, height: null } });
  const picture = log(page).locator('img');
  await expect.poll(async () => await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(600);
  const box = await picture.boundingBox();
  expect([box?.width, box?.height].map((side) => Math.round(side ?? 0))).toEqual([240, 180]);
});

it('fetches a new address when a picture fails to load, and shows the picture', async () => {
  const page = await withMessage({ text: 'look' });
  await page.evaluate(() => {
    const { chat, messageOf } = window.harness;
    const image = { url: '/api/chat/uploads/1?e=1&s=old', name: 'lamp.png', mimeType: 'image/png', width: 60, height: 30 };
    chat.conversation(1).set({ messages: [messageOf({ key: 'old', image })] });
  });
  await log(page).getByText('lamp.png can’t be shown.').waitFor();
  const renewals = async () =>
    await page.evaluate(() => window.harness.chat.conversation(1).asked.filter((entry) => entry.startsWith('renew')));
  await expect.poll(renewals).toEqual(['renew old']);
  await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 60, height: 30 });
    const image = { url: canvas.toDataURL('image/png'), name: 'lamp.png', mimeType: 'image/png', width: 60, height: 30 };
    window.harness.chat.conversation(1).change('old', { body: { type: 'image', image, text: null } });
  });
  await log(page).getByRole('button', { name: 'Open lamp.png' }).waitFor();
  expect(await renewals()).toEqual(['renew old']);
});
