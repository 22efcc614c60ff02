import { HEAD_CHECK_MS } from '@switchboard/protocol/limits';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { lookAt } from '../testing/look-at.ts';
import { closeConversations, openConversation, ready, say, server, startConversations, texts } from '../testing/open-conversation.ts';

beforeEach(startConversations);
afterEach(closeConversations);

const fetches = () => server.requests.filter((request) => request.method === 'GET');
/** Runs everything that needs no time to pass. */
const settle = () => vi.advanceTimersByTimeAsync(1).then(() => new Promise((resolve) => setImmediate(resolve)));

describe('catching up', () => {
  it('fetches page after page until nothing is missing', async () => {
    say('first');
    const { conversation, sync } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    for (let index = 0; index < 450; index += 1) say(`m${index}`);
    sync.hint(451);
    await vi.waitFor(() => expect(texts(conversation)).toHaveLength(451));
    expect(fetches().map((request) => request.query.get('afterSeq'))).toEqual([null, '1', '201', '401']);
  });

  it('fetches once more after hints that arrive during a fetch, however many', async () => {
    const { conversation, sync } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    const before = fetches().length;
    say('one');
    for (let hint = 1; hint <= 10; hint += 1) sync.hint(hint);
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['one']));
    await settle();
    await settle();
    expect(fetches().length - before).toBe(2);
  });

  it('does not fetch messages that it has', async () => {
    say('one');
    const { conversation, sync } = await openConversation();
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['one']));
    const before = fetches().length;
    sync.hint(1);
    sync.hintSeen({ by: 'operator', deliveredSeq: 0, readSeq: 0 });
    await settle();
    expect(fetches()).toHaveLength(before);
  });

  it('finds messages without any hint within 20 seconds while somebody is looking', async () => {
    const { conversation, arrivals } = await openConversation();
    lookAt(conversation);
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    await settle();
    say('nobody told');
    await vi.advanceTimersByTimeAsync(HEAD_CHECK_MS);
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['nobody told']));
    expect(arrivals).toEqual(['nobody told']);
  });

  it('detects by the number of its own message that it has missed another', async () => {
    const { conversation } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    await settle();
    say('theirs');
    await conversation.sendText('mine');
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['theirs', 'mine']));
  });

  it('fetches at once when the page wakes up', async () => {
    const { conversation, tab } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    say('while asleep');
    tab.wake();
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['while asleep']));
  });

  it('reports the failure, and keeps trying', async () => {
    say('one');
    server.fault = () => ({ code: 'unavailable' });
    const { conversation } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('failed'));
    server.fault = () => undefined;
    await vi.advanceTimersByTimeAsync(30_000);
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    expect(texts(conversation)).toEqual(['one']);
  });

  it('loads older messages on request, until there are none left', async () => {
    for (let index = 0; index < 70; index += 1) say(`m${index}`);
    const { conversation, arrivals } = await openConversation();
    await vi.waitFor(() => expect(texts(conversation)).toHaveLength(50));
    expect(conversation.getSnapshot().hasOlder).toBe(true);
    const loading = conversation.loadOlder();
    expect(conversation.getSnapshot().loadingOlder).toBe(true);
    await loading;
    expect(texts(conversation)).toEqual(Array.from({ length: 70 }, (_, index) => `m${index}`));
    expect(conversation.getSnapshot()).toMatchObject({ hasOlder: false, loadingOlder: false });
    await conversation.loadOlder();
    expect(arrivals).toEqual([]);
  });
});

describe('sending', () => {
  it('refuses empty and overlong texts, and files that the server would refuse', async () => {
    const { conversation } = await openConversation();
    await expect(conversation.sendText('  \n ')).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(conversation.sendText('x'.repeat(10_001))).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(
      conversation.sendImage(new Blob([new Uint8Array(11 * 1024 * 1024)], { type: 'image/png' }), 'big.png'),
    ).rejects.toMatchObject({ problem: { key: 'picture_too_large' } });
    expect(texts(conversation)).toEqual([]);
  });

  it('shows its own message at the end, even when this clock is ten minutes slow', async () => {
    say('theirs');
    const { conversation } = await openConversation(-600_000);
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['theirs']));
    await conversation.sendText('mine');
    expect(texts(conversation)).toEqual(['theirs', 'mine']);
    await vi.waitFor(() => expect(conversation.getSnapshot().messages[1]?.status).toBe('sent'));
    expect(texts(conversation)).toEqual(['theirs', 'mine']);
  });

  it('keeps the order in which the person pressed send', async () => {
    const { conversation } = await openConversation();
    await Promise.all(Array.from({ length: 20 }, (_, index) => conversation.sendText(`m${index}`)));
    const expected = Array.from({ length: 20 }, (_, index) => `m${index}`);
    expect(texts(conversation)).toEqual(expected);
    await vi.waitFor(() => expect(server.clients.get(1)?.rows.map((row) => row.text)).toEqual(expected));
    await vi.waitFor(() => expect(conversation.getSnapshot().messages.every((message) => message.status === 'sent')).toBe(true));
    expect(texts(conversation)).toEqual(expected);
  });

  it.each([
    ['later than what was sent after it', 60_000],
    ['before what was sent before it', -60_000],
  ])('keeps its place when the relay’s stamp is %s', async (_case, apart) => {
    const answers: ((timestamp: string) => void)[] = [];
    const { conversation } = await openConversation(0, {
      relay: () => new Promise((resolve) => answers.push((timestamp) => resolve({ ok: true, timestamp, delivered: 1 }))),
    });
    await ready(conversation);
    server.fault = ({ method, path }) => (method === 'POST' && path === '/api/chat/messages' ? { code: 'unavailable' } : undefined);
    await conversation.sendText('first');
    await conversation.sendText('second');
    answers[apart > 0 ? 0 : 1]?.(new Date(Date.now() + apart).toISOString());
    await settle();
    server.fault = () => undefined;
    await vi.advanceTimersByTimeAsync(60_000);
    await vi.waitFor(() => expect(server.clients.get(1)?.rows).toHaveLength(2));
    expect(
      server.clients
        .get(1)
        ?.rows.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
        .map(({ text }) => text),
    ).toEqual(['first', 'second']);
    expect(texts(conversation)).toEqual(['first', 'second']);
  });

  it('uses the relay’s timestamp unless it would change the order', async () => {
    const timestamp = new Date(Date.now() + 1_234).toISOString();
    const { conversation } = await openConversation(0, { relay: () => Promise.resolve({ ok: true, timestamp, delivered: 1 }) });
    await ready(conversation);
    server.fault = ({ method, path }) => (method === 'POST' && path === '/api/chat/messages' ? { code: 'unavailable' } : undefined);
    await conversation.sendText('only');
    await vi.waitFor(() => expect(conversation.getSnapshot().messages[0]?.createdAt).toBe(timestamp));
  });
});

it('reports no message as received before the page shows it', async () => {
  say('one');
  let told = 0;
  const early: number[] = [];
  const { conversation, tab, sync } = await openConversation(0, {
    report: ({ deliveredSeq }) => {
      if (deliveredSeq > told) early.push(deliveredSeq);
      return Promise.resolve();
    },
  });
  conversation.subscribe(() => {
    told = conversation.getSnapshot().messages.at(-1)?.seq ?? 0;
  });
  await ready(conversation);
  await vi.advanceTimersByTimeAsync(1_000);
  // Within the delay of one report; the last two are throttled together.
  for (const [text, ms] of [
    ['two', 0],
    ['three', 110],
    ['four', 20],
  ] as const) {
    await vi.advanceTimersByTimeAsync(ms);
    say(text);
    sync.hint(10);
    await settle();
    await settle();
    expect(texts(conversation)).toContain(text);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect([told, early]).toEqual([4, []]);
  tab.kill();
});
