import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';

import { launchBrowser } from './browser.ts';

/** Characters of a page that are printed after a failed test. */
const MAX_PRINTED = 3_000;

/**
 * Call it at the top of a test file: a browser for all its tests. After a failed test, the text of each open page is printed, so that a failure on another
 * machine can be understood from its log alone.
 */
export function useBrowser(): Pick<Browser, 'newContext'> {
  let browser: Browser | undefined;
  let contexts: BrowserContext[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      for (const page of contexts.flatMap((context) => context.pages())) console.error(await shownBy(page));
    contexts = [];
  });
  afterAll(async () => await browser?.close());
  return {
    newContext: async (...given) => {
      if (browser === undefined) throw new Error('The browser is available only while tests run.');
      const context = await browser.newContext(...given);
      contexts.push(context);
      return context;
    },
  };
}

/** The address of a page and the text of each of its frames. */
async function shownBy(page: Page): Promise<string> {
  const texts = await Promise.all(
    page.frames().map(async (frame) => {
      const text = await frame
        .locator('body')
        .innerText({ timeout: 2_000 })
        .catch((error: unknown) => `(can’t be read: ${String(error)})`);
      return `${frame.url()}\n${text.slice(0, MAX_PRINTED)}`;
    }),
  );
  return ['--- an open page when the test failed', ...texts].join('\n');
}
