import type { Locator, Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage } from '../harness/console-page.ts';
import { rowsOf } from '../harness/database.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

const LINES = ['first line', 'second line', 'third line', 'zwei zwei', 'fifth'];

/** Types all lines, each with Enter, as fast as the page accepts them, on a processor that is `slow` times slower. */
async function typeLines(page: Page, field: Locator, slow: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slow });
  await field.focus();
  for (const line of LINES) await page.keyboard.type(`${line}\n`);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
}

it.each([1, 4])('fast typing loses no letter on either side, on a processor %i times slower', async (slow) => {
  const name = `Quick ${slow} Example`;
  const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(browser, system.host, name);
  const texts = async () => (await rowsOf(system.databaseUrl, name)).map(({ text }) => text);
  const field = visitor.frame().getByRole('textbox', { name: 'Message', exact: true });
  await typeLines(visitor.page, field, slow);
  await expect.poll(texts).toEqual(LINES);
  expect(await field.inputValue()).toBe('');
  await operator.openConversation(name);
  const reply = operator.page.getByRole('textbox', { name: 'Message', exact: true });
  await typeLines(operator.page, reply, slow);
  await expect.poll(texts).toEqual([...LINES, ...LINES]);
  expect(await reply.inputValue()).toBe('');
  await Promise.all([visitor.close(), operator.close()]);
});
