import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

import { chromium, type BrowserContextOptions, type Page, type Request, type Route } from 'playwright-core';
import { build } from 'vite';

import { PATIENCE_MS } from '../../../vitest.config.ts';
import { chromiumPath } from './config.ts';
import type { Harness } from './harness.tsx';

const ORIGIN = 'http://console.localhost';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

/** Answers what the page asks of `/api`. */
type Api = (path: string, init: RequestInit) => Promise<Response>;

/** The console's components on a page of their own, with a chat that a test plays, in a real Chromium. */
export interface ConsoleHarness {
  /** A fresh page; `?c=` and the like as `path`. Nothing leaves it: every address is answered from the bundle, those of `/api` by `api`. */
  open(
    what?: Parameters<Harness['show']>[0] | 'nothing',
    options?: BrowserContextOptions & { readonly path?: string; readonly api?: Api },
  ): Promise<Page>;
  close(): Promise<void>;
}

async function answerOf(api: Api, request: Request, path: string): Promise<Parameters<Route['fulfill']>[0]> {
  const body = request.postData();
  const answer = await api(path, { method: request.method(), headers: request.headers(), ...(body === null ? {} : { body }) });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
}

/** Bundles the page and starts the browser. */
export async function openConsoleHarness(): Promise<ConsoleHarness> {
  const outDir = await mkdtemp(join(tmpdir(), 'switchboard-console-'));
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    css: { postcss: join(import.meta.dirname, '..') },
    build: { outDir, emptyOutDir: true, minify: false },
  });
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  return {
    async open(what = 'console', { path = '/', api, ...options } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        timezoneId: 'Europe/Oslo',
        locale: 'en-GB',
        ...options,
      });
      // Playwright waits for 30 seconds by default: too short on a machine that is busy with other work.
      context.setDefaultTimeout(2 * PATIENCE_MS);
      await context.route('**/*', async (route) => {
        const { pathname, search } = new URL(route.request().url());
        if (api !== undefined && pathname.startsWith('/api/')) {
          await route.fulfill(await answerOf(api, route.request(), `${pathname}${search}`));
          return;
        }
        const file = pathname === '/' ? '/index.html' : pathname;
        const type = TYPES[extname(file)];
        if (type === undefined) await route.fulfill({ status: 404 });
        else await route.fulfill({ contentType: type, body: await readFile(join(outDir, file)) });
      });
      const page = await context.newPage();
      await page.goto(`${ORIGIN}${path}`);
      await page.waitForFunction(() => 'harness' in window);
      if (what !== 'nothing') await page.evaluate((shown) => window.harness.show(shown), what);
      return page;
    },
    async close() {
      await browser.close();
      await rm(outDir, { recursive: true });
    },
  };
}
