import type { Route } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';

import { rowsOf } from '../harness/database.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const field = (widget: WidgetPage) => widget.frame().getByRole('textbox', { name: 'Message', exact: true });
const name = (widget: WidgetPage) => widget.frame().getByLabel('Name', { exact: true });
const isFocused = async (widget: WidgetPage) => await field(widget).evaluate((element) => element.ownerDocument.activeElement === element);

/** Another tab of the same browser, with the chat open. */
async function secondTab(first: WidgetPage): Promise<WidgetPage> {
  const page = await first.context.newPage();
  await page.goto(system.host);
  const second = new WidgetPage(page, first.context);
  await openPanel(second);
  return second;
}

/** Opens the panel if it is not open. */
async function openPanel(widget: WidgetPage): Promise<void> {
  const launcher = widget.page.getByRole('button', { name: /^(Open|Close) chat/ }).first();
  await launcher.waitFor();
  if (await widget.launcher().isVisible()) await widget.openChat();
}

/** Delays requests to start a chat until `letGo` is called. */
async function holdStart(widget: WidgetPage): Promise<{ letGo(): void }> {
  let letGo = () => undefined as void;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await widget.context.route('**/api/chat/sessions', async (route: Route) => {
    await held;
    await route.fallback();
  });
  return { letGo: () => letGo() };
}

describe('a visitor’s draft', () => {
  it('is kept on the next page, after a reload and in the other tab, until it is sent in one of them', async () => {
    const widget = await WidgetPage.started(browser, system.host, 'Drafty Example');
    await field(widget).fill('Half a sentence, and then');
    await widget.page.goto(`${system.host}?page=2`);
    await openPanel(widget);
    await expect.poll(async () => await field(widget).inputValue()).toBe('Half a sentence, and then');
    await widget.page.reload();
    await openPanel(widget);
    await expect.poll(async () => await field(widget).inputValue()).toBe('Half a sentence, and then');
    const second = await secondTab(widget);
    await expect.poll(async () => await field(second).inputValue()).toBe('Half a sentence, and then');
    await field(second).press('End');
    await field(second).pressSequentially(' the rest');
    await expect.poll(async () => await field(widget).inputValue()).toBe('Half a sentence, and then the rest');
    await field(second).press('Enter');
    for (const tab of [widget, second]) await tab.message('Half a sentence, and then the rest').waitFor();
    for (const tab of [widget, second]) await expect.poll(async () => await field(tab).inputValue()).toBe('');
    await widget.page.reload();
    await openPanel(widget);
    await widget.message('Half a sentence, and then the rest').waitFor();
    expect(await field(widget).inputValue()).toBe('');
    await widget.close();
  });

  it('is removed in every tab when the chat is ended', async () => {
    const widget = await WidgetPage.started(browser, system.host, 'Endless Example');
    const second = await secondTab(widget);
    await field(widget).fill('Nobody’s business');
    await widget.frame().getByRole('button', { name: 'End chat', exact: true }).click();
    await widget.frame().getByRole('button', { name: 'Yes, end chat' }).click();
    await widget.frame().getByRole('heading', { name: 'Chat ended' }).waitFor();
    await second.frame().getByRole('button', { name: 'Start a new chat' }).click();
    await second.start('Another Example');
    expect(await field(second).inputValue()).toBe('');
    await second.close();
  });

  it('of the form stays in its tab, and is removed once the chat has started', async () => {
    const widget = await WidgetPage.open(browser, system.host);
    await widget.openChat();
    await name(widget).fill('Forma Example');
    await widget.frame().getByLabel('Phone (optional)').fill('+49 170 000');
    await widget.page.goto(`${system.host}?page=2`);
    await openPanel(widget);
    await expect.poll(async () => await name(widget).inputValue()).toBe('Forma Example');
    expect(await widget.frame().getByLabel('Phone (optional)').inputValue()).toBe('+49 170 000');
    const second = await secondTab(widget);
    await name(second).waitFor();
    expect(await name(second).inputValue()).toBe('');
    await widget.start('Forma Example');
    const kept = await widget.log().evaluate(() => JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]));
    expect(kept).not.toContain('+49 170 000');
    await widget.close();
  });
});

describe('the start of a chat', () => {
  it('keeps every letter that is typed meanwhile, sends every message, and focuses the field', async () => {
    const widget = await WidgetPage.open(browser, system.host);
    const start = await holdStart(widget);
    await widget.openChat();
    await name(widget).fill('Rapida Example');
    await name(widget).press('Enter');
    await widget.page.keyboard.type('first line', { delay: 5 });
    await widget.page.keyboard.press('Enter');
    await widget.page.keyboard.type('second line', { delay: 5 });
    await widget.page.keyboard.press('Enter');
    await widget.page.keyboard.type('and th', { delay: 5 });
    start.letGo();
    await widget.log().waitFor();
    await widget.page.keyboard.type('ird', { delay: 5 });
    await expect.poll(async () => await field(widget).inputValue()).toBe('and third');
    expect(await isFocused(widget)).toBe(true);
    await expect.poll(async () => await widget.frame().getByText('Chat started', { exact: true }).count()).toBe(1);
    await expect
      .poll(async () => (await rowsOf(system.databaseUrl, 'Rapida Example')).map(({ text }) => text))
      .toEqual(['first line', 'second line']);
    await widget.close();
  });

  it('focuses the field after a click, too, and after the end of a chat', async () => {
    const widget = await WidgetPage.started(browser, system.host, 'Clicky Example');
    await expect.poll(async () => await isFocused(widget)).toBe(true);
    await widget.frame().getByRole('button', { name: 'End chat', exact: true }).click();
    await widget.frame().getByRole('button', { name: 'Yes, end chat' }).click();
    await widget.frame().locator('button:focus', { hasText: 'Start a new chat' }).waitFor();
    await widget.page.keyboard.press('Enter');
    await widget.frame().locator('#username:focus').waitFor();
    await widget.close();
  });

  it('opens no on-screen keyboard on a phone', async () => {
    const widget = await WidgetPage.started(browser, system.host, 'Tappy Example', PHONE);
    await expect.poll(async () => await widget.frame().getByText('Chat started', { exact: true }).count()).toBe(1);
    expect(await isFocused(widget)).toBe(false);
    await widget.close();
  });

  it('that fails shows the form with its values and the reason, and keeps the draft for the next attempt', async () => {
    const widget = await WidgetPage.open(browser, system.host);
    let letGo = () => undefined as void;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await widget.context.route('**/api/chat/sessions', async (route) => {
      await held;
      await route.abort();
    });
    await widget.openChat();
    await name(widget).fill('Stubborn Example');
    await name(widget).press('Enter');
    await widget.frame().getByText('Starting the chat').waitFor();
    await widget.page.keyboard.type('Sent too early');
    await widget.page.keyboard.press('Enter');
    await widget.page.keyboard.type('and half a');
    letGo();
    await widget.frame().getByText('We can’t be reached right now. Check your connection and try again.').waitFor();
    expect(await name(widget).inputValue()).toBe('Stubborn Example');
    await widget.context.unroute('**/api/chat/sessions');
    await widget.frame().getByRole('button', { name: 'Start chat' }).click();
    await widget.log().waitFor();
    expect(await field(widget).inputValue()).toBe('Sent too early\nand half a');
    await widget.close();
  });

  it('is not prevented by an invalid email address from the host page', async () => {
    const widget = await WidgetPage.open(browser, system.host);
    await widget.openChat();
    for (const email of ['n/a', 'jörg@example.de', '@', 'a b@c', 'x'.repeat(2_000)]) {
      const prefill = { name: `Mailo ${email.slice(0, 5)}`, email };
      await widget.page.evaluate(
        (known) => (window as unknown as { Switchboard: { prefill(visitor: object): void } }).Switchboard.prefill(known),
        prefill,
      );
      await expect.poll(async () => await name(widget).inputValue()).toBe(prefill.name);
      await widget.frame().getByRole('button', { name: 'Start chat' }).click();
      await widget.log().waitFor();
      await widget.frame().getByRole('button', { name: 'End chat', exact: true }).click();
      await widget.frame().getByRole('button', { name: 'Yes, end chat' }).click();
      await widget.frame().getByRole('button', { name: 'Start a new chat' }).click();
    }
    await widget.close();
  });
});

describe('two tabs', () => {
  it('agree on whether the sound is on, and on whether there is a chat to end', async () => {
    const first = await WidgetPage.started(browser, system.host, 'Twofold Example');
    const second = await secondTab(first);
    await first.frame().getByRole('button', { name: 'Turn sound off' }).click();
    await second.frame().getByRole('button', { name: 'Turn sound on' }).click();
    await first.frame().getByRole('button', { name: 'Turn sound off' }).waitFor();
    for (const tab of [first, second]) await tab.frame().getByRole('button', { name: 'End chat', exact: true }).click();
    await first.frame().getByRole('button', { name: 'Yes, end chat' }).click();
    await second.frame().getByRole('button', { name: 'Start a new chat' }).click();
    await second.start('Twofold Example');
    // The question about the last chat does not apply to this one.
    expect(await second.frame().getByRole('button', { name: 'Yes, end chat' }).count()).toBe(0);
    await first.close();
  });
});
