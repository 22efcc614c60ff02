import type { Browser, BrowserContext, BrowserContextOptions, FrameLocator, Locator, Page } from 'playwright-core';

/** A page with the widget, as a visitor sees it. */
export class WidgetPage {
  constructor(
    readonly page: Page,
    readonly context: BrowserContext,
  ) {}

  /** @param prepare runs in every frame before its scripts */
  static async open(
    browser: Pick<Browser, 'newContext'>,
    host: string,
    options: BrowserContextOptions = {},
    prepare?: () => void,
  ): Promise<WidgetPage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    if (prepare !== undefined) await context.addInitScript(prepare);
    const page = await context.newPage();
    await page.goto(host);
    return new WidgetPage(page, context);
  }

  /** Opens the page and the chat, fills in the form and starts the chat. */
  static async started(
    browser: Pick<Browser, 'newContext'>,
    host: string,
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<WidgetPage> {
    const widget = await WidgetPage.open(browser, host, options);
    await widget.openChat();
    await widget.start(name);
    return widget;
  }

  launcher(): Locator {
    return this.page.getByRole('button', { name: /^Open chat/ });
  }

  frame(): FrameLocator {
    return this.page.frameLocator('iframe');
  }

  /** Opens the panel, unless it is still open from the page before. */
  async openChat(): Promise<void> {
    const launcher = this.page.locator('switchboard-widget .launcher');
    await launcher.waitFor({ state: 'attached' });
    if ((await launcher.getAttribute('aria-expanded')) === 'false') await launcher.click();
  }

  async closeChat(): Promise<void> {
    await this.page.getByRole('button', { name: 'Close chat' }).first().click();
  }

  async start(name: string, phone?: string): Promise<void> {
    await this.frame().getByLabel('Name', { exact: true }).fill(name);
    if (phone !== undefined) await this.frame().getByLabel('Phone (optional)', { exact: true }).fill(phone);
    await this.frame().getByRole('button', { name: 'Start chat', exact: true }).click();
    await this.log().waitFor();
  }

  log(): Locator {
    return this.frame().getByRole('log', { name: 'Messages' });
  }

  message(text: string): Locator {
    return this.log().getByText(text, { exact: true });
  }

  async say(text: string): Promise<void> {
    await this.frame().getByRole('textbox', { name: 'Message', exact: true }).fill(text);
    await this.frame().getByRole('button', { name: 'Send', exact: true }).click();
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
