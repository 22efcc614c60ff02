import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../testing/use-console-harness.ts';

const harness = useConsoleHarness();

/** A conversation with unread rows, typing, both sides, every status and an end. */
async function fill(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { chat, summaryOf, messageOf } = window.harness;
    const own = { senderType: 'OPERATOR', own: true, operatorId: 1 } as const;
    const preview = { text: 'Hello', type: 'text', senderType: 'CLIENT', operatorName: null } as const;
    chat.set({
      savesFailing: true,
      conversations: [
        summaryOf({ clientId: 1, username: 'Ana', email: 'ana@lamps.example', pageUrl: 'https://lamps.example/', unread: 3, preview }),
        summaryOf({ clientId: 2, username: 'Ben', typing: true, preview }),
        summaryOf({ clientId: 3, username: 'Cleo', endedAt: new Date().toISOString(), preview }),
      ],
    });
    chat.conversation(1).set({
      firstUnreadKey: 'b',
      peerTyping: 'Ana',
      messages: [
        messageOf({ key: 'a', ...own, text: 'See https://lamps.example', status: 'read' }),
        messageOf({ key: 'b', text: 'Hello' }),
        messageOf({ key: 'c', senderType: 'OPERATOR', operatorId: 2, operatorName: 'Omar', text: 'I am here' }),
        messageOf({ key: 'd', ...own, text: 'Not this', status: 'failed', failure: 'Refused.' }),
        messageOf({ key: 'e', ...own, text: 'This', status: 'sending' }),
        messageOf({ key: 'f', ...own, text: 'And this', status: 'sent' }),
      ],
    });
    window.harness.show('console');
  });
  await page.getByRole('heading', { name: 'Ana', exact: true }).waitFor();
  await still(page);
}

/** Resolves when all animations have ended: colors are measured in their final state. */
async function still(page: Page): Promise<void> {
  await page.evaluate(async () => await Promise.all(document.getAnimations().map(async (animation) => await animation.finished)));
}

async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page })
    .options({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

it.each([
  ['light', 'no-preference'],
  ['dark', 'no-preference'],
  ['light', 'more'],
  ['dark', 'more'],
] as const)('has nothing that axe objects to: %s, contrast %s', async (colorScheme, contrast) => {
  const page = await harness.open('nothing', { path: '/?c=1', colorScheme, contrast });
  await fill(page);
  expect(await violations(page)).toEqual([]);
});

it('axe finds no violations with a menu, with details over the conversation, and with an undo notice', async () => {
  const page = await harness.open('nothing', { path: '/?c=1', viewport: { width: 900, height: 800 } });
  await fill(page);
  await page.evaluate(() => {
    const { chat } = window.harness;
    chat.set({ waiting: 1, unsent: 1 });
    chat.summarize(1, { waitingSince: new Date(Date.now() - 3_600_000).toISOString(), unsent: 1, lastSeenAt: new Date().toISOString() });
  });
  await page.getByRole('button', { name: 'Account: Maya Lindqvist' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
  await still(page);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Block visitor' }).waitFor();
  await still(page);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.getByRole('button', { name: 'Undo', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Show details' }).click();
  await still(page);
  expect(await violations(page)).toEqual([]);
});

it('axe finds no violations on a phone, in a dialog and on the sign-in page', async () => {
  const phone = await harness.open('nothing', { path: '/?c=1', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await fill(phone);
  expect(await violations(phone)).toEqual([]);
  await phone.getByRole('button', { name: 'Show details' }).tap();
  await phone.getByRole('dialog', { name: 'Details' }).waitFor();
  await still(phone);
  expect(await violations(phone)).toEqual([]);
  await phone.keyboard.press('Escape');
  await phone.getByRole('button', { name: 'Back to conversations' }).tap();
  await phone.getByRole('button', { name: 'Back to conversations' }).waitFor({ state: 'detached' });
  await still(phone);
  expect(await violations(phone)).toEqual([]);
  expect(await violations(await harness.open('sign-in'))).toEqual([]);
});
