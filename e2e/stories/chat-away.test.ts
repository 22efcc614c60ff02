import type { BrowserContextOptions, Route } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';

import { useHostPages } from '../harness/host-pages.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const browser = useBrowser();
const pages = useHostPages();
const tag = (attributes = '') => `<script async src="${system.web}/widget.js" ${attributes}></script>`;
const SORRY = 'The chat can’t be loaded right now. Check your connection';

type Answer = (route: Route) => Promise<void> | void;
const refused: Answer = async (route) => await route.abort('connectionrefused');
const blocked: Answer = async (route) => await route.abort('blockedbyclient');
const unavailable: Answer = async (route) =>
  await route.fulfill({ status: 503, contentType: 'application/json', body: '{"error":{"code":"unavailable"}}' });
const gateway: Answer = async (route) => await route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>502 Bad Gateway</h1>' });
const silent: Answer = () => undefined;

/** A page whose requests for the chat get `answer`, until the chat is available again. */
async function away(answer: Answer, options: BrowserContextOptions, content: Parameters<typeof pages.add>[0] = { body: tag() }) {
  const context = await browser.newContext(options);
  await context.route(/\/widget$/, answer);
  const page = await context.newPage();
  await page.goto(pages.add(content));
  const widget = new WidgetPage(page, context);
  await widget.launcher().waitFor();
  return {
    widget,
    page,
    alert: page.getByRole('alert'),
    back: async () => await context.unroute(/\/widget$/),
    isLocked: async () =>
      await page.evaluate(() => getComputedStyle(document.documentElement).overflowY === 'hidden' || document.body.inert),
  };
}

describe.each([
  ['phone', PHONE],
  ['desktop', DESKTOP],
])('a chat that is not available, on a %s', (_device, options) => {
  it.each([
    ['refused', refused],
    ['blocked', blocked],
    ['answered with an error of Switchboard', unavailable],
    ['answered with an error of a proxy', gateway],
    ['answered never', silent],
  ])('%s: says so in a sentence, can be closed, and is requested again when it is opened', async (_how, answer) => {
    const { widget, page, alert, back, isLocked } = await away(answer, options);
    await widget.openChat();
    await alert.getByText(SORRY).waitFor();
    // Never the text of the browser or of a server.
    const box = await page.locator('switchboard-widget iframe').boundingBox();
    const shown = await page.evaluate(
      ({ x, y, width, height }) =>
        document
          .querySelector('switchboard-widget')
          ?.shadowRoot?.elementFromPoint(x + width / 2, y + height / 2)
          ?.closest('.overlay') !== null,
      box ?? { x: 0, y: 0, width: 0, height: 0 },
    );
    expect(shown).toBe(true);
    await alert.getByRole('button', { name: 'Close', exact: true }).click();
    await widget.launcher().waitFor();
    expect(await isLocked()).toBe(false);
    await back();
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    await alert.waitFor({ state: 'hidden' });
    await widget.close();
  });
});

describe('a chat that is not available', () => {
  it('can be closed at once on a phone, with a button of a finger’s size and with Escape', async () => {
    const { widget, page, isLocked } = await away(silent, PHONE);
    await widget.openChat();
    const close = page.getByRole('button', { name: 'Close chat', exact: true });
    expect(await close.boundingBox()).toMatchObject({ width: expect.closeTo(44, 1), height: expect.closeTo(44, 1) });
    expect(await close.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button)).toBe(true);
    await close.click();
    await widget.launcher().waitFor();
    expect(await isLocked()).toBe(false);
    await widget.openChat();
    await page.keyboard.press('Escape');
    await widget.launcher().waitFor();
    expect(await isLocked()).toBe(false);
    await widget.close();
  });

  it('has a focused button to try again', async () => {
    const { widget, page, alert, back } = await away(refused, DESKTOP);
    await widget.launcher().focus();
    await page.keyboard.press('Enter');
    await alert.getByText(SORRY).waitFor();
    await back();
    await page.keyboard.press('Enter');
    await widget.frame().locator('#username:focus').waitFor();
    expect(await widget.frame().locator('#username:focus').isVisible()).toBe(true);
    await widget.close();
  });

  it('opens automatically when the network is back', async () => {
    const { widget, page, alert, back } = await away(refused, DESKTOP);
    await widget.openChat();
    await alert.getByText(SORRY).waitFor();
    await widget.context.setOffline(true);
    await back();
    await widget.context.setOffline(false);
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    expect(await page.locator('switchboard-widget iframe').count()).toBe(1);
    await widget.close();
  });

  it('shows the contact that the site has set', async () => {
    const { widget, alert } = await away(refused, DESKTOP, { body: tag('data-fallback-email="help@lamps.example"') });
    await widget.openChat();
    await alert.getByText('or write to us at').waitFor();
    expect(await alert.getByRole('link', { name: 'help@lamps.example' }).getAttribute('href')).toBe('mailto:help@lamps.example');
    await widget.close();
  });

  it('says so when the page forbids the frame', async () => {
    const { widget, alert } = await away(async (route) => await route.continue(), DESKTOP, {
      body: tag(),
      headers: { 'content-security-policy': "frame-src 'none'" },
    });
    await widget.openChat();
    await alert.getByText(SORRY).waitFor();
    expect(await alert.getByText(SORRY).isVisible()).toBe(true);
    await widget.close();
  });

  it('says so when its scripts are missing, and shows the frame when they load late', async () => {
    const context = await browser.newContext(DESKTOP);
    let answerLate = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      answerLate = resolve;
    });
    await context.route(/\/widget\/assets\/.*\.js$/, async (route) => {
      await late;
      await route.continue();
    });
    const page = await context.newPage();
    await page.goto(pages.add({ body: tag() }));
    const widget = new WidgetPage(page, context);
    await widget.openChat();
    await page.getByRole('alert').getByText(SORRY).waitFor();
    answerLate();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    expect(await widget.frame().getByLabel('Name', { exact: true }).isVisible()).toBe(true);
    await widget.close();
  });

  it('says so when the page moves the frame while the server is away', async () => {
    const { widget, page, alert, back } = await away(async (route) => await route.continue(), DESKTOP);
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    await back();
    await widget.context.route(/\/widget$/, refused);
    await page.evaluate(`document.body.append(document.querySelector('switchboard-widget'))`);
    await alert.getByText(SORRY).waitFor();
    expect(await alert.getByText(SORRY).isVisible()).toBe(true);
    await widget.close();
  });
});
