import type { BrowserContext } from 'playwright-core';
import { expect, inject, it } from 'vitest';

import { ConsolePage } from '../harness/console-page.ts';
import { OPERATORS } from '../harness/operators.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');

/** A browser with `between` applied to all its pages. */
function behind(between: (context: BrowserContext) => Promise<unknown>): ReturnType<typeof useBrowser> {
  const browser = useBrowser();
  return {
    newContext: async (options) => {
      const context = await browser.newContext(options);
      await between(context);
      return context;
    },
  };
}

// Like Squid and some virus scanners: the WebSocket opens, and nothing comes back.
const swallowed = behind(async (context) => await context.routeWebSocket(/\/chat\//, () => undefined));
// Like a closed port, or a wrong NEXT_PUBLIC_SOCKET_URL.
const unreachable = behind(async (context) => {
  await context.routeWebSocket(/\/chat\//, async (socket) => await socket.close());
  await context.route(`${system.relay}/**`, async (route) => await route.abort());
});

it('both sides exchange messages live when something on the way blocks WebSockets', async () => {
  const operator = await ConsolePage.signedIn(swallowed, system, OPERATORS.maya);
  const visitor = await WidgetPage.started(swallowed, system.host, 'Ada Swallowed');
  await visitor.say('Is this live?');
  await operator.openConversation('Ada Swallowed');
  // Only the relay delivers this, as soon as the visitor's page has found another transport.
  const field = operator.page.getByRole('textbox', { name: 'Message', exact: true });
  await expect
    .poll(async () => {
      await field.press('y');
      return await visitor.frame().getByText(`${OPERATORS.maya.name} is typing …`).count();
    })
    .toBe(1);
  await operator.say('Yes');
  await visitor.message('Yes').waitFor();
  await expect.poll(async () => await operator.page.getByText('No live connection').count()).toBe(0);
  await Promise.all([visitor.close(), operator.close()]);
});

it('both sides show that the relay can’t be reached, and messages arrive all the same', async () => {
  const context = await unreachable.newContext();
  await context.addCookies([...(system.sessions[OPERATORS.omar.email] ?? [])]);
  const page = await context.newPage();
  await page.goto(system.web);
  const operator = new ConsolePage(page, context);
  await page.getByText(`No live connection to ${new URL(system.relay).host}.`).waitFor();
  const visitor = await WidgetPage.started(unreachable, system.host, 'Ben Unreachable');
  await visitor.frame().getByText('No live connection. Messages go through, a little later.').waitFor();
  await visitor.say('Anybody there?');
  await operator.row('Ben Unreachable').waitFor();
  await operator.openConversation('Ben Unreachable');
  await operator.say('I am');
  await visitor.message('I am').waitFor();
  expect(await page.getByText('Connected', { exact: true }).count()).toBe(0);
  await Promise.all([visitor.close(), operator.close()]);
});
