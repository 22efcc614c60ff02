import AxeBuilder from '@axe-core/playwright';
import { describe, expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage } from '../harness/console-page.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const browser = useBrowser();

/** Makes databases open half a second late, like on a busy machine. */
function slowStorage(): void {
  IDBOpenDBRequest.prototype.addEventListener = function listenLate(this: EventTarget, type: string, listener: unknown) {
    const hear = listener as (event: Event) => void;
    EventTarget.prototype.addEventListener.call(this, type, type === 'success' ? (event) => void setTimeout(hear, 500, event) : hear);
  };
}

describe('the widget on the host page', () => {
  it('loads one script until it is used', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(system.host);
    const widget = new WidgetPage(page, context);
    await widget.launcher().waitFor();
    expect(await page.locator('iframe').count()).toBe(0);
    expect(requests.filter((url) => url.startsWith(system.web))).toEqual([`${system.web}/widget.js`]);
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    await context.close();
  });

  it('looks the same whatever the page’s styles are, and does not change the page', async () => {
    const widget = await WidgetPage.open(browser, system.host);
    const look = await widget.launcher().evaluate((button) => {
      const { width, height } = button.getBoundingClientRect();
      return { width, height, background: getComputedStyle(button).backgroundColor };
    });
    expect(look).toEqual({ width: 56, height: 56, background: 'rgb(10, 125, 131)' });
    await widget.openChat();
    const frame = await widget.page.locator('iframe').evaluate((element) => {
      const { borderTopWidth, opacity } = getComputedStyle(element);
      return { borderTopWidth, opacity };
    });
    expect(frame).toEqual({ borderTopWidth: '0px', opacity: '1' });
    expect(await widget.page.getByRole('button', { name: 'Buy' }).evaluate((button) => getComputedStyle(button).backgroundColor)).toBe(
      'rgb(255, 192, 203)',
    );
    await widget.close();
  });

  it('can be used with the keyboard alone: focus goes into the panel, Escape closes it and gives focus back', async () => {
    const widget = await WidgetPage.open(browser, system.host, {}, slowStorage);
    const { page } = widget;
    await widget.launcher().focus();
    await page.keyboard.press('Enter');
    // However long the browser takes to find a kept conversation, the focus moves to what is shown then.
    await widget.frame().locator('#username:focus').waitFor();
    await page.keyboard.type('Zoe Example');
    await page.keyboard.press('Enter');
    await widget.log().waitFor();
    await widget.frame().getByRole('textbox', { name: 'Message', exact: true }).focus();
    await page.keyboard.type('First line');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second line');
    await page.keyboard.press('Enter');
    await widget.log().getByText('First line\nsecond line').waitFor();
    await page.keyboard.press('Escape');
    await widget.launcher().waitFor();
    expect(await widget.launcher().evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button)).toBe(true);
    await widget.close();
  });

  it('accepts messages from its own frame only', async () => {
    const widget = await WidgetPage.open(browser, system.host);
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    // The page, or the frame of an advertisement, pretends to be the chat.
    await widget.page.evaluate(() => {
      window.postMessage({ switchboard: 1, type: 'unread', count: 9 }, '*');
      window.postMessage({ switchboard: 1, type: 'close' }, '*');
    });
    // When a later message of this test has arrived, the earlier ones have arrived, too.
    await widget.page.evaluate(async () => {
      await new Promise((resolve) => {
        window.addEventListener('message', ({ data }) => (data === 'after' ? resolve(undefined) : undefined));
        window.postMessage('after', '*');
      });
    });
    expect(await widget.page.getByRole('button', { name: 'Close chat', exact: true }).count()).toBe(1);
    await widget.closeChat();
    await widget.page.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
    await widget.close();
  });

  it('exists once, however often its script is included, and follows the page’s API calls', async () => {
    const widget = await WidgetPage.open(browser, system.host);
    await widget.launcher().waitFor();
    await widget.page.addScriptTag({ url: `${system.web}/widget.js` });
    expect(await widget.page.locator('switchboard-widget').count()).toBe(1);
    const call = async (verb: string, ...rest: unknown[]) =>
      await widget.page.evaluate(
        ([name, parameters]) =>
          (window as unknown as { Switchboard: Record<string, (...all: unknown[]) => unknown> }).Switchboard[name]?.(...parameters),
        [verb, rest] as const,
      );
    await call('prefill', { name: 'From the shop' });
    await call('open');
    await expect.poll(async () => await widget.frame().getByLabel('Name', { exact: true }).inputValue()).toBe('From the shop');
    await call('close');
    await call('hide');
    expect(await widget.launcher().isVisible()).toBe(false);
    await call('show');
    await widget.launcher().waitFor();
    await call('destroy');
    expect(await widget.page.locator('switchboard-widget').count()).toBe(0);
    await call('init');
    await widget.launcher().waitFor();
    await widget.close();
  });

  it('fills a phone’s screen, and can be closed', async () => {
    const widget = await WidgetPage.started(browser, system.host, 'Phone Example', PHONE);
    const panel = async () => await widget.page.locator('iframe').boundingBox();
    await expect.poll(panel).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    await widget.frame().getByRole('button', { name: 'Close chat', exact: true }).click();
    await widget.launcher().waitFor();
    await widget.close();
  });

  it('shows errors of the form beside the fields', async () => {
    const widget = await WidgetPage.open(browser, system.host);
    await widget.openChat();
    await widget.frame().getByRole('button', { name: 'Start chat', exact: true }).click();
    await widget.frame().getByRole('alert').waitFor();
    expect(await widget.frame().getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await widget.close();
  });
});

describe('accessibility', () => {
  it('the widget and the console have no violations', async () => {
    const operator = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
    const visitor = await WidgetPage.open(browser, system.host);
    await visitor.openChat();
    await visitor.frame().getByLabel('Name', { exact: true }).waitFor();
    const violations = async (page: WidgetPage | ConsolePage) =>
      (await new AxeBuilder({ page: page.page }).analyze()).violations
        .filter(({ nodes }) => nodes.some(({ target }) => page instanceof ConsolePage || target.length > 1))
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect(await violations(visitor)).toEqual([]);
    await visitor.start('Ada Example');
    await visitor.say('Is it accessible?');
    await operator.openConversation('Ada Example');
    await operator.say('It had better be.');
    await visitor.message('It had better be.').waitFor();
    expect(await violations(visitor)).toEqual([]);
    expect(await violations(operator)).toEqual([]);
    await visitor.close();
    await operator.close();
  });
});
