import type { FrameLocator, Page } from 'playwright-core';

import { serveHostPage, type HostPage } from '../../harness/host-page.ts';
import { expectPage, RealBrowser, writeInPage } from '../clients/real-browser.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

/** The conversation of the visitor in a real browser. */
export const BROWSER_VISITOR = 'browser-visitor';
const NAME = BROWSER_VISITOR;

/** The open widget in a visitor's page: opened by the visitor, or because it was open on the page before. */
export async function openWidget(page: Page, host: HostPage): Promise<FrameLocator> {
  await page.goto(host.url.replace('localhost', '127.0.0.1'));
  const launcher = page.locator('switchboard-widget .launcher');
  if ((await launcher.getAttribute('aria-expanded')) === 'false') await launcher.click();
  return page.frameLocator('iframe');
}

/** Fills in the form, and opens the conversation in the consoles of all operators. */
export async function startChat(world: World, frame: FrameLocator): Promise<void> {
  await frame.getByLabel('Name', { exact: true }).fill(NAME);
  await frame.getByRole('button', { name: 'Start chat', exact: true }).click();
  await frame.getByRole('log', { name: 'Messages' }).waitFor();
  await world.until('the visitor is in the database', async () => {
    const [row] = await world.stack.query('SELECT id FROM "Client" WHERE username = $1', [NAME]);
    if (row !== undefined) world.ledger.clients.set(NAME, Number(row['id']));
    return row !== undefined;
  });
  world.ledger.unwatched.add(NAME);
  for (const operator of world.operators) {
    operator.hold(NAME);
    operator.look(NAME);
  }
}

/** Writes and sends a message in the widget. */
export async function sayInWidget(world: World, frame: FrameLocator): Promise<void> {
  const sent = world.ledger.send({ conversation: NAME, senderType: 'CLIENT', operatorId: null, device: NAME });
  await writeInPage(
    world,
    sent,
    frame.getByRole('textbox', { name: 'Message', exact: true }),
    frame.getByRole('button', { name: 'Send', exact: true }),
  );
}

export const browserKilled: Scenario = {
  name: 'browser-killed',
  title: 'a real Chromium is killed while its widget sends, and opened again, three times; answers are lost, too',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.operator();
    const host = await serveHostPage(world.addresses.web);
    const browser = await RealBrowser.open();
    try {
      let frame = await openWidget(await browser.context.newPage(), host);
      await startChat(world, frame);
      const killAndReopen = async () => {
        await browser.kill();
        await browser.start();
        frame = await openWidget(await browser.context.newPage(), host);
        await frame.getByRole('log', { name: 'Messages' }).waitFor();
      };
      // Browsers write some of their data to disk only seconds later. The conversation must not depend on that.
      await killAndReopen();
      const lossy = { kind: 'drop-answer', share: 0.3, match: 'POST /api/chat/messages' } as const;
      const rounds = async () => {
        for (let round = 0; round < 3; round += 1) {
          for (let count = 0; count < 3; count += 1) await sayInWidget(world, frame);
          await world.operators[0]?.send(NAME);
          await world.pause(world.random.whole(0, 80));
          await killAndReopen();
        }
      };
      await world.broken(
        'the browser is killed, answers are lost',
        async () => {
          for (const edge of ['clients→web-0', 'clients→web-1'] as const) await world.stack.setFault(edge, lossy);
        },
        rounds,
        async () => {
          for (const edge of ['clients→web-0', 'clients→web-1'] as const) await world.stack.setFault(edge, null);
        },
      );
      await expectPage(world, 'the widget', NAME, frame.getByRole('log', { name: 'Messages' }));
    } finally {
      await browser.close();
      await host.close();
    }
  },
};

export const browserFaults: Scenario = {
  name: 'browser-faults',
  title: 'widget and console in real Chromiums; the network goes, a relay dies, the database restarts, both pages reload mid-send',
  requirements: { hit: true, unknown: false },
  async play(world) {
    const host = await serveHostPage(world.addresses.web);
    const [visitor, operator] = [await RealBrowser.open(), await RealBrowser.open()];
    const [account] = await world.stack.operators();
    if (account === undefined) throw new Error('There is no operator.');
    try {
      const page = await visitor.context.newPage();
      let frame = await openWidget(page, host);
      await startChat(world, frame);
      const cookies = account.cookie.split('; ').map((pair) => {
        const at = pair.indexOf('=');
        return { name: pair.slice(0, at), value: pair.slice(at + 1), url: world.addresses.web };
      });
      await operator.context.addCookies(cookies);
      const desk = await operator.context.newPage();
      await desk.goto(world.addresses.web);
      // A visitor without a message is in no list.
      await sayInWidget(world, frame);
      const open = async () => await desk.getByRole('button', { name: new RegExp(`^${NAME}`) }).click();
      await open();
      const answer = async () => {
        const sent = world.ledger.send({ conversation: NAME, senderType: 'OPERATOR', operatorId: account.id, device: 'console' });
        const [field, button] = [
          desk.getByRole('textbox', { name: 'Message', exact: true }),
          desk.getByRole('button', { name: 'Send', exact: true }),
        ];
        await writeInPage(world, sent, field, button);
      };
      const talk = async () => {
        for (let count = 0; count < 4; count += 1) await Promise.all([sayInWidget(world, frame), answer()]);
      };
      await world.broken(
        'no network for either',
        async () => await Promise.all([visitor.context.setOffline(true), operator.context.setOffline(true)]),
        talk,
        async () => await Promise.all([visitor.context.setOffline(false), operator.context.setOffline(false)]),
      );
      await Promise.all([world.killed('relay-0', world.random.whole(500, 1_500)), talk()]);
      await world.broken(
        'database restarted',
        async () => await world.stack.signal('database', 'SIGINT'),
        async () => {
          await talk();
          // Pages that are not saved yet are loaded again.
          frame = await openWidget(page, host);
          await desk.reload();
        },
        async () => await world.stack.start('database'),
      );
      await open();
      await expectPage(world, 'the widget', NAME, frame.getByRole('log', { name: 'Messages' }));
      await expectPage(world, 'the console', NAME, desk.getByRole('log', { name: 'Messages' }));
    } finally {
      await visitor.close();
      await operator.close();
      await host.close();
    }
  },
};
