import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { chromium, type Browser, type BrowserContext, type LaunchOptions } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where a Chromium is. @throws Error when there is none, naming how to say where one is */
function chromiumPath(): string {
  const path = [process.env.CHROMIUM_PATH, ...PLACES].find((place) => place !== undefined && existsSync(place));
  if (path === undefined)
    throw new Error(`No Chromium found (looked in ${PLACES.join(', ')}). Install Debian's package "chromium" or set CHROMIUM_PATH.`);
  return path;
}

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** How long a page is waited for, in milliseconds: long enough for a machine that is busy. How fast a page comes is not what is tried here. */
const PAGE_PATIENCE_MS = 90_000;
/** How long a closing context is waited for, in milliseconds. */
const CLOSE_PATIENCE_MS = 30_000;

/** A real Chromium, without a window and without calls home. */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ARGS, timeout: 2 * PAGE_PATIENCE_MS, ...options });
  browser.on('context', (context) => {
    context.setDefaultTimeout(PAGE_PATIENCE_MS);
    limitClosing(context);
  });
  return browser;
}

/**
 * Makes `context.close()` go on after a while. Chromium sometimes never answers that a context is closed: seen in 2 of 30 closings while one of its pages was
 * signing out. The context then ends with its browser.
 */
function limitClosing(context: BrowserContext): void {
  const close = context.close.bind(context);
  context.close = async (options) => {
    const isLate = Symbol('late');
    const closing = close(options);
    const first = await Promise.race([closing, delay(CLOSE_PATIENCE_MS, isLate, { ref: false })]);
    if (first !== isLate) return;
    console.error(`A browser context was not closed within ${CLOSE_PATIENCE_MS / 1_000} s; it ends with its browser.`);
    closing.catch(() => undefined); // The browser's end rejects it.
  };
}

/** The same with a profile on disk, which a later one finds. */
export async function launchProfile(folder: string): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(),
    args: ARGS,
    timeout: 2 * PAGE_PATIENCE_MS,
  });
  context.setDefaultTimeout(PAGE_PATIENCE_MS);
  return context;
}
