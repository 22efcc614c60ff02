import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { launchBrowser } from '../harness/browser.ts';
import { useHostPages } from '../harness/host-pages.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();
const pages = useHostPages();
const tag = `<script async src="${system.web}/widget.js"></script>`;

describe('an isolated page', () => {
  it.each(['require-corp', 'credentialless'])('with Cross-Origin-Embedder-Policy: %s shows the chat with its pictures', async (policy) => {
    const widget = await WidgetPage.open(
      browser,
      pages.add({
        body: tag,
        headers: { 'cross-origin-embedder-policy': policy, 'cross-origin-opener-policy': 'same-origin' },
      }),
    );
    expect(await widget.page.evaluate(() => crossOriginIsolated)).toBe(true);
    await widget.openChat();
    await widget.start('Isolated Example');
    await widget.say('Do you hear me?');
    await widget.log().getByText('Sent', { exact: true }).waitFor();
    const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    await widget.frame().locator('input[type=file]').setInputFiles({ name: 'lamp.png', mimeType: 'image/png', buffer: pixel });
    await widget.frame().getByRole('list', { name: 'Pictures to send' }).waitFor();
    await widget.frame().getByRole('button', { name: 'Send', exact: true }).click();
    await widget.log().getByRole('img', { name: 'lamp.png' }).waitFor();
    await widget.close();
  });

  it('with a strict Content-Security-Policy and Trusted Types shows the chat', async () => {
    const widget = await WidgetPage.open(
      browser,
      pages.add({
        body: tag,
        headers: {
          'content-security-policy': `default-src 'none'; script-src ${system.web}; frame-src ${system.web}; require-trusted-types-for 'script'; trusted-types 'none'`,
        },
      }),
    );
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    expect(await widget.launcher().count()).toBe(0);
    expect(await widget.page.getByRole('button', { name: 'Close chat', exact: true }).boundingBox()).toMatchObject({
      width: 56,
      height: 56,
    });
    await widget.close();
  });
});

describe('a page under a modal dialog', () => {
  const DIALOG = `<h1>Lamps</h1>
    <button id="cart" onclick="document.getElementById('drawer').showModal()">Cart</button>
    <dialog id="drawer" style="transform: translateX(10px); overflow: hidden; width: 200px; height: 200px">
      <button id="pay" onclick="document.getElementById('second').showModal()">Pay</button>
    </dialog>
    <dialog id="second"><button id="done" onclick="document.getElementById('second').close()">Done</button></dialog>${tag}`;
  const CORNER = { x: 1280 - 76, y: 800 - 76, width: 56, height: 56 };

  it('has a usable launcher in its corner, and the chat continues when dialogs open and close', async () => {
    const widget = await WidgetPage.open(browser, pages.add({ body: DIALOG }));
    const { page } = widget;
    await widget.launcher().waitFor();
    await page.click('#cart');
    await expect.poll(async () => await widget.launcher().boundingBox()).toEqual(CORNER);
    await widget.openChat();
    const name = widget.frame().getByLabel('Name', { exact: true });
    await name.fill('Typed in the dialog');
    await page.click('#pay');
    await name.click();
    expect(await name.inputValue()).toBe('Typed in the dialog');
    await page.click('#done');
    await name.click();
    // Escape closes only one of them.
    await name.press('Escape');
    await widget.launcher().waitFor();
    expect(await page.evaluate(() => (document.getElementById('drawer') as HTMLDialogElement).open)).toBe(true);
    await widget.openChat();
    await page.evaluate(() => (document.getElementById('drawer') as HTMLDialogElement).close());
    await page.waitForFunction(() => document.querySelector('switchboard-widget')?.parentElement === document.documentElement);
    await name.click();
    expect(await name.inputValue()).toBe('Typed in the dialog');
    await widget.close();
  });

  it('shows the launcher again when the dialog is removed from the page', async () => {
    const widget = await WidgetPage.open(browser, pages.add({ body: DIALOG }));
    const { page } = widget;
    await widget.launcher().waitFor();
    await page.click('#cart');
    await page.waitForFunction(() => document.querySelector('switchboard-widget')?.parentElement?.id === 'drawer');
    await page.evaluate(() => document.getElementById('drawer')?.remove());
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    expect(await widget.frame().getByLabel('Name', { exact: true }).isVisible()).toBe(true);
    await widget.close();
  });

  it('shows the launcher in a dialog that was open before the script loaded, also on a phone', async () => {
    const widget = await WidgetPage.open(
      browser,
      pages.add({ body: DIALOG.replace(tag, `<script>document.getElementById('drawer').showModal()</script>${tag}`) }),
      { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    );
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).fill('On a phone');
    // The panel is animated.
    const panel = async () => await widget.page.locator('switchboard-widget iframe').boundingBox();
    await expect.poll(panel).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).click();
    await widget.launcher().waitFor();
    expect(await widget.page.evaluate(() => [document.body.inert, (document.getElementById('drawer') as HTMLDialogElement).open])).toEqual([
      false,
      true,
    ]);
    await widget.close();
  });
});

describe('the browser’s Back to a page with the chat', () => {
  let caching: Browser | undefined;
  beforeAll(async () => {
    caching = await launchBrowser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  });
  afterAll(async () => await caching?.close());

  /** Opens another page of the site and goes back; returns whether the browser kept the first page, and otherwise the reasons. */
  async function goOnAndBack(page: Page, to: string): Promise<{ kept: boolean; reasons: unknown[] }> {
    const session: CDPSession = await page.context().newCDPSession(page);
    const reasons: unknown[] = [];
    await session.send('Page.enable');
    session.on('Page.backForwardCacheNotUsed', ({ notRestoredExplanations }) => reasons.push(...notRestoredExplanations));
    await page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted }));
      Object.assign(window, { mark: true });
    });
    await page.evaluate((address) => {
      location.href = address;
    }, to);
    await page.waitForURL(to);
    await page.waitForLoadState();
    await page.evaluate(() => history.back());
    await page.waitForFunction((address) => location.href !== address && document.readyState === 'complete', to);
    return { kept: await page.evaluate('window.mark === true && window.persisted === true'), reasons };
  }

  it.each(['has not been opened', 'shows its form', 'was a conversation before'] as const)(
    'finds it as it was left, where the chat %s',
    async (state) => {
      if (caching === undefined) throw new Error('The browser did not start.');
      const context = await caching.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      const widget = new WidgetPage(page, context);
      const first = pages.add({ body: `<h1>Lamps</h1>${tag}` });
      const second = pages.add({ body: `<h1>Bulbs</h1>${tag}` });
      await page.goto(first);
      await widget.launcher().waitFor();
      if (state !== 'has not been opened') {
        await widget.openChat();
        await widget.frame().getByLabel('Name', { exact: true }).waitFor();
      }
      if (state === 'was a conversation before') {
        await widget.start('Back Example');
        await widget.say('I come back.');
        await widget.log().getByText('Sent', { exact: true }).waitFor();
      }
      if (state === 'was a conversation before') {
        await widget.closeChat();
        await page.goto(first);
        await page.locator('switchboard-widget iframe').waitFor({ state: 'attached' });
      }
      expect(await goOnAndBack(page, second)).toEqual({ kept: true, reasons: [] });
      await context.close();
    },
  );
});
