import { expect } from 'vitest';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';

import type { Operator, SessionCookie } from './operators.ts';

/** The address of the console, and the cookies of the operator. */
interface SignedInSystem {
  readonly web: string;
  readonly sessions: Readonly<Record<string, readonly SessionCookie[]>>;
}

/** The console as an operator sees it. Elements are found by roles and names, never by markup. */
export class ConsolePage {
  constructor(
    readonly page: Page,
    readonly context: BrowserContext,
  ) {}

  static async open(browser: Pick<Browser, 'newContext'>, web: string, options: BrowserContextOptions = {}): Promise<ConsolePage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    await page.goto(web);
    return new ConsolePage(page, context);
  }

  /** Opens the console in a browser in which the operator is signed in. */
  static async signedIn(
    browser: Pick<Browser, 'newContext'>,
    system: SignedInSystem,
    operator: Operator,
    options: BrowserContextOptions = {},
  ): Promise<ConsolePage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    await context.addCookies([...(system.sessions[operator.email] ?? [])]);
    const page = await context.newPage();
    await page.goto(system.web);
    const view = new ConsolePage(page, context);
    await view.list().waitFor();
    await view.status('Connected');
    return view;
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.page.getByLabel('Email', { exact: true }).fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  list(): Locator {
    return this.page.getByRole('list', { name: 'Conversations' });
  }

  /** The row of a visitor, with or without unread messages, waiting or not. */
  row(visitor: string): Locator {
    return this.list().getByRole('button', { name: new RegExp(`^${visitor}(, \\d+ unread)?(, waiting .+)?$`) });
  }

  rowUnread(visitor: string, count: number): Locator {
    return this.list().getByRole('button', { name: new RegExp(`^${visitor}, ${count} unread(, waiting .+)?$`) });
  }

  /** The row of a visitor who waits for an answer. */
  rowWaiting(visitor: string): Locator {
    return this.list().getByRole('button', { name: new RegExp(`^${visitor}(, \\d+ unread)?, waiting (now|\\d.*)$`) });
  }

  /** Shows another view of the list. */
  async view(name: 'Waiting' | 'Open' | 'Done'): Promise<void> {
    const link = this.page.getByRole('list', { name: 'Views' }).getByRole('link', { name: new RegExp(`^${name}(, \\d+)?$`) });
    await link.click();
    await link.and(this.page.locator('[aria-current="page"]')).waitFor();
  }

  /** Chooses an entry of the open conversation's menu. */
  async choose(item: string): Promise<void> {
    await this.page.getByRole('button', { name: 'More', exact: true }).click();
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  /** Opens a conversation, and moves the pointer out of the list: while it is in the list, new rows wait behind a button. */
  async openConversation(visitor: string): Promise<void> {
    await this.row(visitor).click();
    await this.page.getByRole('heading', { name: visitor, exact: true }).waitFor();
    await this.page.mouse.move(0, 0);
  }

  log(): Locator {
    return this.page.getByRole('log', { name: 'Messages' });
  }

  message(text: string): Locator {
    return this.log().getByText(text, { exact: true });
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
    await this.page.getByRole('button', { name: 'Send', exact: true }).click();
  }

  /** Waits until the connection status has this text. */
  async status(text: 'Connected' | 'Reconnecting' | 'Offline'): Promise<void> {
    await this.page.getByText(text, { exact: true }).first().waitFor();
  }

  /** Which of the given texts the log shows, in the order of the page. */
  async order(texts: readonly string[]): Promise<string[]> {
    return await orderIn(this.log(), texts);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

/** Which of `texts` the element shows, in the order of the page, each as often as it occurs. */
async function orderIn(log: Locator, texts: readonly string[]): Promise<string[]> {
  const all = await log.evaluate((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    while (walker.nextNode()) found.push((walker.currentNode.textContent ?? '').trim());
    return found;
  });
  return all.filter((text) => texts.includes(text));
}

/** Waits until the element shows exactly these texts in this order, each once. */
export async function expectOrder(log: Locator, texts: readonly string[]): Promise<void> {
  await expect.poll(async () => await orderIn(log, texts)).toEqual(texts);
}
