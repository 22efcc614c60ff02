import { expect, inject, it } from 'vitest';

import { ConsolePage } from '../harness/console-page.ts';
import { OPERATORS } from '../harness/operators.ts';
import { useBrowser } from '../harness/use-browser.ts';

const system = inject('system');
const browser = useBrowser();

it('a menu whose code cannot be loaded at first opens once it can be, and nothing else suffers', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addCookies([...(system.sessions[OPERATORS.maya.email] ?? [])]);
  const page = await context.newPage();
  const document = await (await page.request.get(system.web)).text();
  let isAway = true;
  let refused = 0;
  // Scripts that the document names are the console's first view; all others are loaded afterwards.
  await page.route('**/_next/static/chunks/*.js', async (route) => {
    const isLate = !document.includes(new URL(route.request().url()).pathname);
    if (isLate && isAway) {
      refused += 1;
      await route.abort();
    } else await route.fallback();
  });
  await page.goto(system.web);
  const view = new ConsolePage(page, context);
  await view.list().waitFor();
  await view.status('Connected');
  await expect.poll(() => refused).toBeGreaterThan(0);
  await page.getByRole('button', { name: `Account: ${OPERATORS.maya.name}` }).click();
  isAway = false;
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
  await view.close();
});
