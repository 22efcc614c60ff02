import type { FrameLocator, Page } from 'playwright-core';

import { serveHostPage, type HostPage } from '../../harness/host-page.ts';
import { expectPage, RealBrowser } from '../clients/real-browser.ts';
import type { World } from '../world.ts';
import { BROWSER_VISITOR, openWidget, sayInWidget, startChat } from './browsers.ts';
import type { Scenario } from './scenario.ts';

/** A real browser with the chat open in a tab, and functions to continue in it. */
interface Scene {
  readonly browser: RealBrowser;
  readonly host: HostPage;
  readonly page: Page;
  readonly frame: FrameLocator;
}

async function withScene(world: World, play: (scene: Scene) => Promise<void>): Promise<void> {
  await world.operator();
  const host = await serveHostPage(world.addresses.web);
  const browser = await RealBrowser.open();
  try {
    const page = await browser.context.newPage();
    const frame = await openWidget(page, host);
    await startChat(world, frame);
    await play({ browser, host, page, frame });
  } finally {
    await browser.close();
    await host.close();
  }
}

const logOf = (frame: FrameLocator) => frame.getByRole('log', { name: 'Messages' });

export const browserFrozen: Scenario = {
  name: 'browser-frozen',
  title: 'a real Chromium is stopped with SIGSTOP while its widget sends, is answered meanwhile, and goes on, three times',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await withScene(world, async ({ browser, frame }) => {
      const slow = { kind: 'delay', ms: 300, jitterMs: 200 } as const;
      for (let round = 0; round < 3; round += 1) {
        for (const edge of ['clients→web-0', 'clients→web-1'] as const) await world.stack.setFault(edge, slow);
        for (let count = 0; count < 2; count += 1) await sayInWidget(world, frame);
        await world.broken(
          'the browser is frozen',
          async () => await browser.signal('SIGSTOP'),
          async () => {
            for (let count = 0; count < 3; count += 1) {
              await world.operators[0]?.send(BROWSER_VISITOR);
              await world.pause(world.random.whole(200, 1_500));
            }
          },
          async () => await browser.signal('SIGCONT'),
        );
        for (const edge of ['clients→web-0', 'clients→web-1'] as const) await world.stack.setFault(edge, null);
        await sayInWidget(world, frame);
      }
      await expectPage(world, 'the widget', BROWSER_VISITOR, logOf(frame));
    });
  },
};

export const twoBrowserTabs: Scenario = {
  name: 'two-browser-tabs',
  title: 'one conversation in two tabs of a real browser; both write at once, answers are lost, and one tab is reloaded and closed',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await withScene(world, async ({ browser, host, page, frame }) => {
      const second = await browser.context.newPage();
      let other = await openWidget(second, host);
      await logOf(other).waitFor();
      const lossy = { kind: 'drop-answer', share: 0.4, match: 'POST /api/chat/messages' } as const;
      const edges = ['clients→web-0', 'clients→web-1'] as const;
      await world.broken(
        'answers are lost',
        async () => await Promise.all(edges.map(async (edge) => await world.stack.setFault(edge, lossy))),
        async () => {
          for (let count = 0; count < 4; count += 1) {
            // One person writes in one tab at a time, so the messages have an order.
            await sayInWidget(world, frame);
            await sayInWidget(world, other);
            await world.operators[0]?.send(BROWSER_VISITOR);
          }
          other = await openWidget(second, host);
          await logOf(other).waitFor();
          await sayInWidget(world, other);
        },
        async () => await Promise.all(edges.map(async (edge) => await world.stack.setFault(edge, null))),
      );
      await expectPage(world, 'the first tab', BROWSER_VISITOR, logOf(frame));
      await expectPage(world, 'the second tab', BROWSER_VISITOR, logOf(other));
      // The tab that sends for both may be gone: the other one takes over.
      await page.close();
      await sayInWidget(world, other);
      await expectPage(world, 'the tab that is left', BROWSER_VISITOR, logOf(other));
    });
  },
};
