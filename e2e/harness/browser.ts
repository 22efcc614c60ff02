import { existsSync } from 'node:fs';

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

/** A real Chromium, without a window and without calls home. */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ARGS, timeout: 2 * PAGE_PATIENCE_MS, ...options });
  browser.on('context', (context) => context.setDefaultTimeout(PAGE_PATIENCE_MS));
  return browser;
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
