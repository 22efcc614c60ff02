import { describe, expect, inject, it } from 'vitest';

import { useHostPages } from '../harness/host-pages.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const UPRIGHT = { width: 390, height: 844 };
const ACROSS = { width: 844, height: 390 };
const PHONE = { viewport: UPRIGHT, hasTouch: true, isMobile: true };
const browser = useBrowser();
const pages = useHostPages();
const tag = `<script async src="${system.web}/widget.js"></script>`;
const LONG = `<h1>Lamps</h1><button id="buy">Buy</button><div style="height: 4000px"></div>${tag}`;

async function onPhone(body = LONG, viewport = UPRIGHT): Promise<WidgetPage> {
  const widget = await WidgetPage.open(browser, pages.add({ body }), { ...PHONE, viewport });
  await widget.openChat();
  await widget.frame().getByLabel('Name', { exact: true }).waitFor();
  return widget;
}

const isLocked = async ({ page }: WidgetPage) =>
  await page.evaluate(() => getComputedStyle(document.documentElement).overflowY === 'hidden');
const isInert = async ({ page }: WidgetPage) => await page.evaluate(() => document.body.inert);
const panelBox = async ({ page }: WidgetPage) => await page.locator('switchboard-widget iframe').boundingBox();

describe('a panel that fills the screen', () => {
  it('is a modal dialog: the page behind it does not scroll and gets no focus', async () => {
    const widget = await onPhone();
    const dialog = widget.page.getByRole('dialog', { name: 'Chat with us' });
    expect(await dialog.getAttribute('aria-modal')).toBe('true');
    expect([await isLocked(widget), await isInert(widget)]).toEqual([true, true]);
    for (let presses = 0; presses < 8; presses += 1) await widget.page.keyboard.press('Tab');
    expect(await widget.page.evaluate(() => document.activeElement?.id)).not.toBe('buy');
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).click();
    await widget.launcher().waitFor();
    expect([await isLocked(widget), await isInert(widget)]).toEqual([false, false]);
    expect(await widget.page.getByRole('dialog').count()).toBe(0);
    await widget.close();
  });

  it('adapts when the phone is rotated, in both directions', async () => {
    const widget = await onPhone(LONG, ACROSS);
    expect([await isLocked(widget), await isInert(widget)]).toEqual([false, false]);
    await widget.page.setViewportSize(UPRIGHT);
    await expect.poll(async () => await panelBox(widget)).toEqual({ x: 0, y: 0, ...UPRIGHT });
    expect([await isLocked(widget), await isInert(widget)]).toEqual([true, true]);
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).waitFor();
    await widget.page.setViewportSize(ACROSS);
    await expect.poll(async () => await isLocked(widget)).toBe(false);
    expect(await isInert(widget)).toBe(false);
    await widget.page.getByRole('button', { name: 'Close chat', exact: true }).click();
    await widget.launcher().waitFor();
    await widget.close();
  });

  it('adapts to a desktop window that gets narrower', async () => {
    const widget = await WidgetPage.open(browser, pages.add({ body: LONG }));
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    await widget.page.setViewportSize({ width: 400, height: 800 });
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).click();
    await widget.launcher().waitFor();
    expect([await isLocked(widget), await isInert(widget)]).toEqual([false, false]);
    await widget.close();
  });

  it('uses the whole height of a low screen, beside the launcher', async () => {
    const widget = await onPhone(LONG, ACROSS);
    // The panel is animated.
    await expect.poll(async () => await panelBox(widget)).toMatchObject({ y: 0, height: ACROSS.height, width: 384 });
    const box = await panelBox(widget);
    const launcher = await widget.page.getByRole('button', { name: 'Close chat', exact: true }).boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(launcher?.x ?? 0);
    await widget.close();
  });

  it('allows the page to replace the body behind it', async () => {
    const widget = await onPhone();
    await widget.page.evaluate(() => {
      const body = document.createElement('body');
      body.innerHTML = '<button id="bulb">Bulb</button>';
      document.body.replaceWith(body);
    });
    await expect.poll(async () => await isInert(widget)).toBe(true);
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).click();
    await widget.launcher().waitFor();
    expect([await isLocked(widget), await isInert(widget)]).toEqual([false, false]);
    await widget.close();
  });

  it('leaves a body usable that the page kept while the panel was open', async () => {
    const widget = await onPhone();
    // Like Turbo: the body is kept and restored later.
    await widget.page.evaluate(() => {
      (window as unknown as { kept: Node }).kept = document.body.cloneNode(true);
    });
    await widget.page.evaluate(() => document.body.replaceWith((window as unknown as { kept: Node }).kept));
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).click();
    await widget.launcher().waitFor();
    expect(await isInert(widget)).toBe(false);
    await widget.close();
  });
});

describe('the browser’s Back on a phone', () => {
  /** Simulates a page's router and its page view counter. */
  const router = `<script>
    window.routed = [];
    window.counted = 0;
    history.replaceState({ route: 1 }, '');
    addEventListener('popstate', ({ state }) => routed.push(state));
    const push = history.pushState;
    history.pushState = function (...all) { counted += 1; return push.apply(this, all) };
  </script>`;
  const heard = async ({ page }: WidgetPage) => await page.evaluate('({ state: history.state, routed, counted })');
  const isBack = async ({ page }: WidgetPage) =>
    await page.waitForFunction(() => (history.state as { switchboard?: true }).switchboard === undefined);

  it('closes the panel and stays on the page', async () => {
    const widget = await onPhone(router + LONG);
    const address = widget.page.url();
    await widget.page.evaluate(() => history.back());
    await widget.launcher().waitFor();
    expect(widget.page.url()).toBe(address);
    // A router that was there before is notified of the same page.
    expect(await heard(widget)).toEqual({ state: { route: 1 }, routed: [{ route: 1 }], counted: 0 });
    expect([await isLocked(widget), await isInert(widget)]).toEqual([false, false]);
    await widget.close();
  });

  it('does not notify a router that starts after the chat', async () => {
    const widget = await onPhone(`<script src="${system.web}/widget.js"></script>${router}`);
    await widget.page.evaluate(() => history.back());
    await widget.launcher().waitFor();
    expect(await heard(widget)).toEqual({ state: { route: 1 }, routed: [], counted: 0 });
    await widget.openChat();
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).click();
    await isBack(widget);
    expect(await heard(widget)).toEqual({ state: { route: 1 }, routed: [], counted: 0 });
    await widget.close();
  });

  it('leads to the same page as before, after the panel was closed with its button', async () => {
    const context = await browser.newContext(PHONE);
    const page = await context.newPage();
    const before = pages.add({ body: '<h1>Before</h1>' });
    await page.goto(before);
    await page.goto(pages.add({ body: router + LONG }));
    const widget = new WidgetPage(page, context);
    await widget.openChat();
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).click();
    await widget.launcher().waitFor();
    await isBack(widget);
    await page.goBack();
    expect(page.url()).toBe(before);
    await widget.close();
  });

  it('does not undo a navigation of the page that closes the panel', async () => {
    const widget = await onPhone(router + LONG);
    await widget.page.evaluate(`Switchboard.close(); History.prototype.pushState.call(history, { route: 2 }, '', '?checkout')`);
    await widget.launcher().waitFor();
    await widget.openChat();
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).click();
    await isBack(widget);
    expect(new URL(widget.page.url()).search).toBe('?checkout');
    expect(await heard(widget)).toMatchObject({ state: { route: 2 } });
    await widget.close();
  });
});
