import { HEAD_CHECK_MS } from '@switchboard/protocol/limits';
import type { SaveMessagesResponse } from '@switchboard/protocol/types';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Conversation } from './conversation.ts';
import { createHttp } from './http.ts';
import { liveMessage } from './live-message.ts';
import { Outbox } from './outbox/outbox.ts';
import type { Watermarks } from './receipts.ts';
import { createServerClock } from './server-clock.ts';
import { createTab } from './testing/fake-effects.ts';
import { FakeServer } from './testing/fake-server.ts';

let server: FakeServer;
let close = () => undefined as void;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  server = new FakeServer();
  server.addClient();
});
afterEach(() => {
  close();
  vi.useRealTimers();
});

/** A visitor's conversation without a relay. */
async function openConversation(offsetMs = 0) {
  const tab = createTab({ fetch: server.fetchAs(), random: () => 0.5, overrides: { now: () => Date.now() + offsetMs } });
  const clock = createServerClock(() => tab.now());
  const http = createHttp(tab, clock, { headers: () => ({ authorization: 'Bearer v1' }), renew: () => Promise.resolve(false) });
  const outbox = new Outbox(tab, {
    owner: 'visitor',
    asOperator: false,
    save: async (messages) => (await http.request<SaveMessagesResponse>('POST', '/api/chat/messages', { messages })).messages,
    upload: () => Promise.reject(new Error('not here')),
    onUploaded: () => undefined,
  });
  await outbox.load();
  outbox.begin();
  const reports: Watermarks[] = [];
  const arrivals: (string | null)[] = [];
  const conversation = new Conversation({
    effects: tab,
    http,
    clock,
    outbox,
    clientId: 1,
    sessionId: null,
    side: { kind: 'client' },
    operator: null,
    maxImageBytes: 1_000_000,
    checkHidden: true,
    relay: () => Promise.resolve(null),
    tellTyping: () => undefined,
    report: (marks) => {
      reports.push(marks);
      return Promise.resolve();
    },
    onArrival: (message) => arrivals.push(message.text),
    onReached: () => outbox.kick(true),
  });
  close = () => {
    conversation.close();
    outbox.close();
    tab.kill();
  };
  return { conversation, tab, reports, arrivals };
}

const texts = (conversation: Conversation) => conversation.getSnapshot().messages.map((message) => message.text);
const fetches = () => server.requests.filter((request) => request.method === 'GET');
const say = (text: string) => server.commit(1, { text, senderType: 'OPERATOR', operatorName: 'Grace' });
/** Lets everything happen that needs no time to pass. */
const settle = () => vi.advanceTimersByTimeAsync(1).then(() => new Promise((resolve) => setImmediate(resolve)));

describe('catching up', () => {
  it('fetches page after page until nothing is missing', async () => {
    say('first');
    const { conversation } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    for (let index = 0; index < 450; index += 1) say(`m${index}`);
    conversation.hint(451);
    await vi.waitFor(() => expect(texts(conversation)).toHaveLength(451));
    expect(fetches().map((request) => request.query.get('afterSeq'))).toEqual([null, '1', '201', '401']);
  });

  it('fetches once more for a hint that comes while it fetches, and only once for many', async () => {
    const { conversation } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    const before = fetches().length;
    say('one');
    for (let hint = 1; hint <= 10; hint += 1) conversation.hint(hint);
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['one']));
    await settle();
    await settle();
    expect(fetches().length - before).toBe(2);
  });

  it('does not ask for what it has', async () => {
    say('one');
    const { conversation } = await openConversation();
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['one']));
    const before = fetches().length;
    conversation.hint(1);
    conversation.hintSeen({ by: 'operator', deliveredSeq: 0, readSeq: 0 });
    await settle();
    expect(fetches()).toHaveLength(before);
  });

  it('finds what nobody told it of within 20 seconds while it is looked at', async () => {
    const { conversation, arrivals } = await openConversation();
    conversation.setVisible(true);
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    await settle();
    say('nobody told');
    await vi.advanceTimersByTimeAsync(HEAD_CHECK_MS);
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['nobody told']));
    expect(arrivals).toEqual(['nobody told']);
  });

  it('sees by the number of an own message that it has missed another', async () => {
    const { conversation } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    await settle();
    say('theirs');
    await conversation.sendText('mine');
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['theirs', 'mine']));
  });

  it('looks at once when the page wakes up', async () => {
    const { conversation, tab } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    say('while asleep');
    tab.wake();
    await vi.waitFor(() => expect(texts(conversation)).toEqual(['while asleep']));
  });

  it('says that it failed, and goes on trying', async () => {
    say('one');
    server.fault = () => ({ code: 'unavailable' });
    const { conversation } = await openConversation();
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('failed'));
    server.fault = () => undefined;
    await vi.advanceTimersByTimeAsync(30_000);
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    expect(texts(conversation)).toEqual(['one']);
  });

  it('loads older messages when asked, and then knows that there are none left', async () => {
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

describe('reading', () => {
  it('reports delivered at once and read only while somebody looks, each number once', async () => {
    say('one');
    say('two');
    const { conversation, reports } = await openConversation();
    await vi.waitFor(() => expect(texts(conversation)).toHaveLength(2));
    expect(conversation.unread()).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reports).toEqual([{ deliveredSeq: 2, readSeq: 0 }]);
    conversation.setVisible(true);
    expect(conversation.unread()).toBe(0);
    expect(conversation.getSnapshot().firstUnreadKey).toBe(conversation.getSnapshot().messages[0]?.key);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reports).toEqual([
      { deliveredSeq: 2, readSeq: 0 },
      { deliveredSeq: 2, readSeq: 2 },
    ]);
    conversation.setVisible(false);
    say('three');
    conversation.hint(3);
    await vi.waitFor(() => expect(texts(conversation)).toHaveLength(3));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reports.at(-1)).toEqual({ deliveredSeq: 3, readSeq: 2 });
    expect(conversation.unread()).toBe(1);
  });

  it('counts a live message as read when it was seen before it had a number', async () => {
    const { conversation, reports } = await openConversation();
    conversation.setVisible(true);
    await vi.waitFor(() => expect(conversation.getSnapshot().history).toBe('ready'));
    conversation.receive(
      liveMessage(
        { type: 'text', message: 'live', timestamp: new Date().toISOString(), messageKey: '0b0e1f52-7d0c-4c6e-9a3b-6f7f6c1f2a10' },
        { from: 'x', senderType: 'OPERATOR' },
      ),
    );
    conversation.setVisible(false);
    expect(conversation.unread()).toBe(0);
    server.commit(1, { text: 'live', senderType: 'OPERATOR', messageKey: '0b0e1f52-7d0c-4c6e-9a3b-6f7f6c1f2a10' });
    conversation.hint(1);
    await vi.waitFor(() => expect(conversation.getSnapshot().messages[0]?.seq).toBe(1));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(conversation.unread()).toBe(0);
    expect(reports).toEqual([{ deliveredSeq: 1, readSeq: 1 }]);
  });
});

describe('sending', () => {
  it('refuses what nobody would take', async () => {
    const { conversation } = await openConversation();
    await expect(conversation.sendText('  \n ')).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(conversation.sendText('x'.repeat(10_001))).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(
      conversation.sendImage(new Blob([new Uint8Array(11 * 1024 * 1024)], { type: 'image/png' }), 'big.png'),
    ).rejects.toMatchObject({ code: 'too_large' });
    expect(texts(conversation)).toEqual([]);
  });

  it('shows an own message at the end, even when this clock is ten minutes slow', async () => {
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
});
