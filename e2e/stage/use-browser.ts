import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

import { launchBrowser } from './browser.ts';

/** Call at the top of a test file: a browser that is there for all its tests and closed after them. */
export function useBrowser(): Pick<Browser, 'newContext'> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => await browser?.close());
  return {
    newContext: async (...given) => {
      if (browser === undefined) throw new Error('The browser is there only while tests run.');
      return await browser.newContext(...given);
    },
  };
}
