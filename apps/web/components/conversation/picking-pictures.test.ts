import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();
const PNG = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#c83c1e' } })
  .png()
  .toBuffer();

/** The console with Ana's conversation open. */
async function withAna(): Promise<Page> {
  const page = await harness.open('nothing', { path: '/?c=1' });
  await page.evaluate(() => {
    const { chat, summaryOf, messageOf } = window.harness;
    chat.conversation(1).set({ messages: [messageOf({ key: 'one', text: 'Hello' })] });
    chat.set({ conversations: [summaryOf({ clientId: 1, username: 'Ana' })] });
    window.harness.show('console');
  });
  return page;
}
const log = (page: Page) => page.getByRole('log', { name: 'Messages' });
const asked = async (page: Page) =>
  await page.evaluate(() => window.harness.chat.conversation(1).asked.filter((entry) => entry.startsWith('image')));
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const tray = (page: Page) => page.getByRole('list', { name: 'Pictures to send' });
const trayNames = async (page: Page) => await tray(page).getByRole('listitem').allInnerTexts();
const pick = async (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  await page.locator('input[type=file]').setInputFiles(files);
const picture = (name: string) => ({ name, mimeType: 'image/png', buffer: PNG });

/** The contents of a clipboard or a drag. */
async function transfer(page: Page, texts: Record<string, string>, files: readonly { name: string; base64: string }[]) {
  return await page.evaluateHandle(
    ([strings, pictures]) => {
      const made = new DataTransfer();
      for (const { name, base64 } of pictures) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
        made.items.add(new File([bytes], name, { type: 'image/png' }));
      }
      for (const [type, text] of Object.entries(strings)) made.setData(type, text);
      return made;
    },
    [texts, files] as const,
  );
}
const file = (name: string) => ({ name, base64: PNG.toString('base64') });
async function paste(page: Page, texts: Record<string, string>, ...files: { name: string; base64: string }[]): Promise<boolean> {
  return await field(page).evaluate(
    (element, clipboardData) => element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })),
    await transfer(page, texts, files),
  );
}

it('shows picked, pasted or dropped pictures above the field, and sends none before the operator does', async () => {
  const page = await withAna();
  await pick(page, picture('a.png'), picture('b.png'));
  await expect.poll(async () => await trayNames(page)).toEqual(['a.png', 'b.png']);
  await paste(page, {}, file('image.png'));
  const dropped = await transfer(page, {}, [file('d.png')]);
  await log(page).dispatchEvent('dragenter', { dataTransfer: dropped });
  await page.getByText('Drop pictures to add them').waitFor();
  await log(page).dispatchEvent('drop', { dataTransfer: dropped });
  await page.getByText('Drop pictures to add them').waitFor({ state: 'detached' });
  await expect.poll(async () => await trayNames(page)).toEqual(['a.png', 'b.png', 'image.png', 'd.png']);
  expect((await tray(page).locator('img').first().boundingBox())?.width).toBe(64);
  await page.getByRole('button', { name: 'Remove b.png' }).click();
  expect(await asked(page)).toEqual([]);
  // The field is their caption, and has the focus.
  await page.keyboard.type('Which one?');
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => await asked(page))
    .toEqual(['image a.png image/png 40×30', 'image image.png image/png 40×30', 'image d.png image/png 40×30 Which one?']);
  expect([await tray(page).count(), await field(page).inputValue()]).toEqual([0, '']);
});

it('sends a picture alone with Enter', async () => {
  const page = await withAna();
  expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  await pick(page, picture('a.png'));
  await expect.poll(async () => await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(false);
  await page.keyboard.press('Enter');
  await expect.poll(async () => await asked(page)).toEqual(['image a.png image/png 40×30']);
});

it.each([
  ['cells of a spreadsheet', { 'text/plain': 'a\tb', 'text/html': '<table><td>a<td>b</table>' }, { text: 'a\tb', pictures: [] }],
  ['a picture of a web page', { 'text/html': '<img src="https://lamps.example/a.png">' }, { text: '', pictures: ['image.png'] }],
  ['a copied file, with its name', { 'text/plain': 'image.png' }, { text: '', pictures: ['image.png'] }],
  ['a copied file, with its address', { 'text/plain': 'file:///home/ana/image.png\n' }, { text: '', pictures: ['image.png'] }],
  ['a picture alone', {}, { text: '', pictures: ['image.png'] }],
])('takes what is meant: %s', async (_what, texts, { text, pictures }) => {
  const page = await withAna();
  // The browser inserts text.
  expect(await paste(page, texts, file('image.png'))).toBe(text !== '');
  await expect.poll(async () => await trayNames(page)).toEqual(pictures);
  await log(page).dispatchEvent('drop', { dataTransfer: await transfer(page, texts, [file('image.png')]) });
  await expect.poll(async () => await trayNames(page)).toEqual([...pictures, ...pictures]);
  expect([await field(page).inputValue(), await asked(page)]).toEqual([text, []]);
});

it('says why each refused file is refused, and takes the others', async () => {
  const page = await withAna();
  const large = {
    name: 'large.gif',
    mimeType: 'image/gif',
    buffer: Buffer.concat([Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'), Buffer.alloc(1_500_000)]),
  };
  await pick(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('text') }, large, picture('ok.png'), {
    ...picture('odd.png'),
    buffer: Buffer.from('<svg onload="alert(1)"/>'),
  });
  const alert = page.getByRole('alert');
  for (const sentence of [
    'notes.txt is not a picture that can be sent. Use PNG, JPEG, GIF or WebP.',
    'large.gif has 1.5 MB; 1 MB is the limit.',
    'odd.png can’t be read. It may be damaged.',
  ])
    await alert.getByText(sentence).waitFor();
  expect(await trayNames(page)).toEqual(['ok.png']);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect.poll(async () => await alert.count()).toBe(0);
  await page.getByRole('button', { name: 'Remove ok.png' }).click();
  await pick(page, large);
  await alert.getByText('That picture has 1.5 MB; 1 MB is the limit.').waitFor();
  await pick(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('text') });
  await alert.getByText('That file is not a picture that can be sent. Use PNG, JPEG, GIF or WebP.').waitFor();
});

it('puts refused pictures back, with their caption', async () => {
  const page = await withAna();
  const refuse = async (refused: boolean) =>
    await page.evaluate(
      (now) =>
        Object.assign(window.harness.chat.conversation(1), {
          refusal: now ? new window.harness.ChatError('conflict', 'Nothing can be sent now.') : undefined,
        }),
      refused,
    );
  await refuse(true);
  await pick(page, picture('a.png'), picture('b.png'));
  await page.keyboard.type('Which?');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Something has changed in the meantime.').waitFor();
  expect([await trayNames(page), await field(page).inputValue()]).toEqual([['a.png', 'b.png'], 'Which?']);
  await refuse(false);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await asked(page)).at(-1)).toBe('image b.png image/png 40×30 Which?');
});

it('puts the caption of unreadable pictures back instead of sending it alone', async () => {
  const page = await withAna();
  await field(page).fill('Which one?');
  await field(page).evaluate((element) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(['not a picture'], 'broken.png', { type: 'image/png' }));
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  });
  await page.getByRole('alert').getByText('can’t be read. It may be damaged.').waitFor();
  await expect.poll(async () => await field(page).inputValue()).toBe('Which one?');
  expect(await page.evaluate(() => window.harness.chat.conversation(1).asked.filter((entry) => entry.startsWith('send')))).toEqual([]);
  // The next message is not delayed.
  await page.keyboard.press('Enter');
  await expect.poll(async () => await page.evaluate(() => window.harness.chat.conversation(1).asked.at(-1))).toBe('send Which one?');
});

it('scales a photograph over the limit down, and keeps a transparent image as it is', async () => {
  const page = await withAna();
  const made = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    const noisy = async (alpha: number, type: string, name: string) => {
      Object.assign(canvas, { width: 1_200, height: 800 });
      const context = canvas.getContext('2d');
      const data = context?.createImageData(1_200, 800);
      if (context === null || data === undefined) throw new Error('no canvas');
      let seed = 1;
      for (let at = 0; at < data.data.length; at += 1) {
        seed = (seed * 48_271) % 2_147_483_647;
        data.data[at] = at % 4 === 3 ? alpha : seed % 256;
      }
      context.putImageData(data, 0, 0);
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 1));
      return new File([blob ?? ''], name, { type });
    };
    const files = [await noisy(255, 'image/png', 'screen.png'), await noisy(100, 'image/png', 'logo.png')];
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    const input = document.querySelector<HTMLInputElement>('input[type=file]');
    if (input === null) throw new Error('no input');
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    return files.map(({ size }) => size > 1024 * 1024);
  });
  expect(made).toEqual([true, true]);
  await expect.poll(async () => await trayNames(page)).toEqual(['screen.png', 'logo.png']);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await asked(page)).length).toBe(2);
  const [screen, logo] = await asked(page);
  expect(screen).toMatch(/^image screen\.jpg image\/jpeg \d+×\d+$/);
  expect(logo).toMatch(/^image logo\.png image\/png \d+×\d+$/);
});

it('asks before leaving the page while pictures wait to be sent, but not for a text, which is stored', async () => {
  const page = await withAna();
  const asks = async () =>
    await page.evaluate(() => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    });
  await field(page).fill('Half a sentence');
  expect(await asks()).toBe(false);
  await pick(page, picture('a.png'));
  await expect.poll(asks).toBe(true);
  await page.getByRole('button', { name: 'Remove a.png' }).click();
  await expect.poll(asks).toBe(false);
});
