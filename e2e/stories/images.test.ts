import type { Locator } from 'playwright-core';
import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage } from '../harness/console-page.ts';
import { rowsOf } from '../harness/database.ts';
import { png } from '../harness/image.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

/** Waits until the log shows `count` loaded pictures and returns their natural sizes, in order. */
async function pictures(log: Locator, count: number): Promise<string[]> {
  const sizes = async () =>
    await log
      .locator('img')
      .evaluateAll((images) =>
        (images as HTMLImageElement[]).map((image) =>
          image.complete && image.naturalWidth > 0 ? `${image.naturalWidth}×${image.naturalHeight}` : 'not loaded',
        ),
      );
  await expect.poll(sizes).toHaveLength(count);
  await expect.poll(sizes).not.toContain('not loaded');
  return await sizes();
}

it('pictures are sent in both directions and are shown after a reload', async () => {
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, 'Finn Example');
  await visitor
    .frame()
    .locator('input[type=file]')
    .setInputFiles({ name: 'broken lamp.png', mimeType: 'image/png', buffer: png(120, 80, [200, 60, 30]) });
  // Nothing is sent before the person sends it.
  await visitor.frame().getByRole('list', { name: 'Pictures to send' }).waitFor();
  await visitor.say('It came like this.');
  await operator.openConversation('Finn Example');
  expect(await pictures(operator.log(), 1)).toEqual(['120×80']);
  await operator.page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'new lamp.png', mimeType: 'image/png', buffer: png(64, 96, [30, 120, 200]) });
  await operator.page.getByRole('list', { name: 'Pictures to send' }).waitFor();
  await operator.page.keyboard.press('Enter');
  expect(await pictures(visitor.log(), 2)).toEqual(['120×80', '64×96']);
  await expect
    .poll(async () => (await rowsOf(system.databaseUrl, 'Finn Example')).map((row) => [row.seq, row.messageType, row.senderType, row.text]))
    .toEqual([
      [1, 'IMAGE', 'CLIENT', 'It came like this.'],
      [2, 'IMAGE', 'OPERATOR', null],
    ]);

  await visitor.page.reload();
  await visitor.openChat();
  expect(await pictures(visitor.log(), 2)).toEqual(['120×80', '64×96']);
  await operator.page.reload();
  if (!(await operator.log().isVisible())) await operator.openConversation('Finn Example');
  expect(await pictures(operator.log(), 2)).toEqual(['120×80', '64×96']);
  // The database has the address without a signature, because a signature expires.
  for (const row of await rowsOf(system.databaseUrl, 'Finn Example')) expect(row.imageUrl).toMatch(/^\/api\/chat\/uploads\/[0-9a-f-]{36}$/);
  await Promise.all([visitor.close(), operator.close()]);
});

it('a file that is not a picture is refused with a reason, and nothing is sent', async () => {
  const visitor = await WidgetPage.started(browser, system.host, 'Gus Example');
  await visitor
    .frame()
    .locator('input[type=file]')
    .setInputFiles({ name: 'lamp.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"/>') });
  await visitor.frame().getByRole('alert').getByText('That picture can’t be read. It may be damaged.').waitFor();
  await visitor.say('It did not work.');
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Gus Example')).map((row) => row.messageType)).toEqual(['TEXT']);
  await visitor.close();
});
