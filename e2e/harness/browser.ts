import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { chromium, type Browser, type BrowserContext, type LaunchOptions } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium. @throws Error without one, with instructions */
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

/** Timeout of pages in milliseconds, long enough for a busy machine. The stories do not test how fast a page loads. */
const PAGE_PATIENCE_MS = 90_000;
/** Timeout of closing a context, in milliseconds. */
const CLOSE_PATIENCE_MS = 30_000;

/** A real Chromium, headless and without background requests. */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ARGS, timeout: 2 * PAGE_PATIENCE_MS, ...options });
  browser.on('context', (context) => {
    context.setDefaultTimeout(PAGE_PATIENCE_MS);
    limitClosing(context);
  });
  return browser;
}

/**
 * Makes `context.close()` return after a timeout. Chromium sometimes never confirms that a context is closed: in 2 of 30 runs while one of its pages was
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

/** The same with a profile on disk, which a later browser can use again. */
export async function launchProfile(folder: string): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(),
    args: ARGS,
    timeout: 2 * PAGE_PATIENCE_MS,
  });
  context.setDefaultTimeout(PAGE_PATIENCE_MS);
  return context;
}
