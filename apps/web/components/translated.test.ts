import { translateEverything } from '@switchboard/client/testing';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../testing/use-console-harness.ts';

const harness = useConsoleHarness();

async function openTranslated(): Promise<{ page: Page; errors: string[] }> {
  const page = await harness.open('nothing', { path: '/?c=1' });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.evaluate(translateEverything);
  await page.evaluate(() => {
    const { chat, summaryOf } = window.harness;
    chat.set({ conversations: ['Ana', 'Bo', 'Cy'].map((username, index) => summaryOf({ clientId: index + 1, username })) });
    window.harness.show('console');
  });
  await page.getByRole('heading', { name: 'Ana', exact: true }).waitFor();
  return { page, errors };
}

it('works while a translator changes its texts: statuses are right and nothing breaks', async () => {
  const { page, errors } = await openTranslated();
  const log = page.getByRole('log', { name: 'Messages' });
  const set = async (messages: readonly Record<string, unknown>[], more: Record<string, unknown> = {}) => {
    await page.evaluate(
      ([given, rest]) => {
        const { chat, messageOf } = window.harness;
        chat.conversation(1).set({ messages: given.map((message) => messageOf(message as { key: string })), ...rest });
      },
      [messages, more] as const,
    );
    expect(errors, JSON.stringify([messages, more])).toEqual([]);
  };
  const own = { senderType: 'OPERATOR', own: true, operatorName: 'Maya Lindqvist' };
  const asked = { key: 'asked', text: 'Do you have it in red? See https://lamps.example/a, please' };
  const answer = { ...own, key: 'answer', text: 'Yes, we do' };
  for (const history of ['loading', 'failed', 'ready']) await set([], { history });
  await set([asked]);
  for (const [status, words] of [
    ['sending', 'Sending'],
    ['sent', 'Sent'],
    ['delivered', 'Delivered'],
    ['read', 'Read'],
    ['failed', 'Not sent'],
    ['sending', 'Sending'],
    ['read', 'Read'],
  ] as const) {
    await set([asked, { ...answer, status, failure: status === 'failed' ? 'It is too long.' : null }]);
    await log.getByText(words, { exact: true }).waitFor();
    const others = ['Sending', 'Sent', 'Delivered', 'Read', 'Not sent'].filter((other) => other !== words);
    for (const other of others) expect(await log.getByText(other, { exact: true }).count(), `${other} beside ${words}`).toBe(0);
  }
  // What comes and goes around the messages.
  for (const more of [
    { peerTyping: 'Ana' },
    { peerTyping: null },
    { hasOlder: true, loadingOlder: true },
    { hasOlder: false, loadingOlder: false },
    { endedAt: new Date().toISOString() },
    { endedAt: null },
    { firstUnreadKey: 'asked' },
  ])
    await set([asked, { ...answer, status: 'read' }], more);
  await set([asked, { ...answer, status: 'read' }, { ...own, key: 'more', text: 'And in blue', status: 'sending' }]);
  await log.getByText('Sending', { exact: true }).waitFor();

  // The list.
  const change = async (of: Record<string, unknown>) => {
    await page.evaluate((changes) => {
      for (const clientId of [1, 2, 3]) window.harness.chat.summarize(clientId, changes);
    }, of);
    expect(errors, JSON.stringify(of)).toEqual([]);
  };
  const said = { type: 'text', senderType: 'CLIENT', operatorName: null };
  for (const of of [
    { preview: { ...said, text: 'Hello' }, unread: 1 },
    { typing: true },
    { typing: false, preview: { ...said, text: null, type: 'image' }, unread: 120 },
    { preview: { ...said, text: 'Hi', senderType: 'OPERATOR', operatorName: 'Ben' }, unread: 0 },
    { preview: { ...said, text: 'Hi', senderType: 'OPERATOR', operatorName: 'Maya Lindqvist' } },
    { endedAt: new Date().toISOString() },
    { blockedAt: new Date().toISOString() },
    { blockedAt: null, endedAt: null, phone: '1', email: 'a@b.example', pageUrl: 'https://shop.example/' },
    { preview: null },
  ])
    await change(of);
  for (const list of ['loading', 'failed', 'ready'] as const)
    await page.evaluate((to) => window.harness.chat.set({ list: to, conversations: [] }), list);

  // The lines.
  for (const lines of [
    { connection: 'reconnecting', noLiveConnection: true },
    { savesFailing: true },
    { connection: 'offline' },
    { connection: 'connected', noLiveConnection: false, savesFailing: false },
    { signedOut: true },
    { signedOut: true, somebodyElse: true },
    { signedOut: false, somebodyElse: false },
  ] as const)
    await page.evaluate((to) => window.harness.chat.set(to), lines);
  await page.getByRole('status').getByText('Connected', { exact: true }).waitFor();
  expect(errors).toEqual([]);
});

it('takes what is written and a refusal of it while it is translated', async () => {
  const { page, errors } = await openTranslated();
  const field = page.getByRole('textbox', { name: 'Message', exact: true });
  for (let turn = 0; turn < 3; turn += 1) {
    await field.fill(`Answer ${turn}`);
    await page.keyboard.press('Enter');
    await expect.poll(async () => await field.inputValue()).toBe('');
    await page.evaluate((at) => window.harness.chat.visitorSays(1, `Question ${at}`), turn);
    await page.getByRole('log', { name: 'Messages' }).getByText(`Question ${turn}`).waitFor();
  }
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('heading', { name: 'Bo', exact: true }).waitFor();
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByRole('heading', { name: 'Ana', exact: true }).waitFor();
  expect(errors).toEqual([]);
});
