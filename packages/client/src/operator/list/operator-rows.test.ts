import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ConversationScreen } from '../../conversation/screen.ts';
import type { ListView } from '../../model/types.ts';
import type { FakeClient } from '../../testing/fake-list.ts';
import { ALAN, GRACE } from '../../testing/open-chats.ts';
import { advanceTime, settle } from '../../testing/fake-time-console.ts';
import type { FakeTimeConsole } from '../../testing/fake-time-console.ts';
import { closeFakeTimeServer, ids, numbers, open, openFakeTimeServer, server, visitors } from '../../testing/fake-time-server.ts';

beforeEach(openFakeTimeServer);
afterEach(closeFakeTimeServer);

describe('own messages', () => {
  it('change the row until they are saved, and no longer when they are refused and dropped', async () => {
    const [ada] = visitors(1) as [FakeClient];
    const grace = await open();
    const row = () => grace.chat.summaryOf(ada.id);
    const before = row();
    server.fault = ({ path, method }) => (path === '/api/chat/messages' && method === 'POST' ? 'refuse' : undefined);
    const conversation = grace.chat.conversation(ada.id);
    await conversation.sendText('FORBIDDEN word');
    await settle();
    expect(row()).toMatchObject({ preview: { text: 'FORBIDDEN word', senderType: 'OPERATOR' }, unsent: 0 });
    // A message that is not saved answers nothing.
    expect(row()?.waitingSince).toBe(before?.waitingSince);
    server.fault = () => undefined;
    await advanceTime(10_000);
    expect(row()).toMatchObject({ preview: { text: 'Hello' }, unsent: 1, waitingSince: before?.waitingSince });
    expect(grace.chat.getSnapshot().unsent).toBe(1);
    const failed = conversation.getSnapshot().messages.find(({ status }) => status === 'failed');
    await Promise.all([conversation.discard(failed!), settle()]);
    await advanceTime(1_000);
    expect(row()).toEqual(before);
    expect(grace.chat.getSnapshot().unsent).toBe(0);
    await conversation.sendText('Yes');
    await advanceTime(1_000);
    expect(row()).toMatchObject({ preview: { text: 'Yes' }, waitingSince: null });
    expect(grace.chat.getSnapshot().waiting).toBe(0);
  });
});

describe('a conversation that the view does not have', () => {
  it('gets its row, with the pages of its visitor, when it is requested or opened', async () => {
    const all = visitors(80);
    const [first, second] = [all[54]!, all[57]!];
    for (const client of [first, second]) client.pages = [{ url: 'https://shop.example/boots', at: new Date().toISOString() }];
    const grace = await open();
    expect(grace.chat.summaryOf(first.id)).toBeUndefined();
    const listener = vi.fn<() => void>();
    grace.chat.subscribe(listener);
    grace.chat.fetchSummary(first.id);
    grace.chat.conversation(second.id).subscribe(() => undefined);
    await advanceTime(500);
    for (const { id } of [first, second]) expect(grace.chat.summaryOf(id)?.pages).toMatchObject([{ url: 'https://shop.example/boots' }]);
    expect(listener).toHaveBeenCalled();
    expect(ids(grace)).toEqual(numbers(1, 50));
    // The row of an open conversation is fetched regularly: the visitor may be on another page, or gone.
    second.pages.unshift({ url: 'https://shop.example/hats', at: new Date().toISOString() });
    await advanceTime(25_000);
    expect(grace.chat.summaryOf(second.id)).toMatchObject({ pageUrl: 'https://shop.example/hats' });
  });
});

it('after a restore of the database nothing of the former list is left', async () => {
  const [ada] = visitors(3) as [FakeClient];
  const copy = server.backUp();
  server.commit(ada.id, { text: 'after the copy' });
  const grace = await open();
  const views: readonly ListView[] = ['waiting', 'open'];
  expect(grace.chat.summaryOf(ada.id)?.unread).toBe(2);
  server.restore(copy.slice(0, 2));
  grace.tab.wake();
  await advanceTime(2_000);
  for (const view of views) {
    grace.chat.setView(view);
    await settle();
    expect(ids(grace)).toEqual([1, 2]);
  }
  expect(grace.chat.summaryOf(ada.id)).toMatchObject({ unread: 1, preview: { text: 'Hello' } });
  expect(grace.chat.getSnapshot().waiting).toBe(2);
});

it('a row of the former database is not taken for one of the restored database that has the same version', async () => {
  const [ada] = visitors(1) as [FakeClient];
  const grace = await open();
  const copy = server.backUp();
  server.commit(ada.id, { text: 'before the restore' });
  await advanceTime(1_000);
  const previews: (string | null | undefined)[] = [];
  let named: string | null = null;
  server.fault = ({ path, query }) => {
    // While the request is on its way: it names a version that the restored row reaches as well.
    if (named === null && path === '/api/chat/recent' && query.get('limit') === '10') {
      named = query.get('known');
      server.restore(copy);
      server.commit(ada.id, { text: 'after the restore' });
      grace.chat.subscribe(() => previews.push(grace.chat.summaryOf(ada.id)?.preview?.text));
    }
    return undefined;
  };
  grace.tab.wake();
  await advanceTime(2_000);
  expect(named).toBe('1:2');
  expect(previews.at(-1)).toBe('after the restore');
  expect(previews).not.toContain('before the restore');
});

describe('a conversation that is not open', () => {
  it('is dropped from memory, except the most recent ones and those that are still needed', async () => {
    const all = visitors(130);
    const grace = await open();
    const held = () => all.filter(({ id }) => requestsOf(id) > 0).length;
    const looked = grace.chat.conversation(1);
    looked.subscribe(() => undefined);
    for (const client of all) hear(grace, client, 'again');
    await advanceTime(1_000);
    expect(held()).toBe(130);
    // Each is needed until it is known to be saved. Then most are dropped, and fetched again when they are opened.
    await advanceTime(20_000);
    expect(grace.chat.conversation(1)).toBe(looked);
    const stays: number[] = [];
    for (const { id } of all.toReversed()) {
      const last = requestsOf(id);
      grace.chat.conversation(id);
      await settle();
      if (requestsOf(id) === last) stays.push(id);
    }
    // The last ten had rows already, so their messages were taken first.
    expect(stays.slice(0, -1)).toEqual(numbers(82, 120).toReversed());
    expect(stays.at(-1)).toBe(1);
  });

  it('costs the same with many rows as with few: a message changes one row', async () => {
    const touched: number[] = [];
    for (const count of [20, 320]) {
      openFakeTimeServer();
      const all = visitors(count);
      const grace = await open();
      while (grace.chat.getSnapshot().hasMore) await Promise.all([grace.chat.loadMore(), settle()]);
      const before = grace.chat.getSnapshot().conversations;
      const reads = vi.spyOn(ConversationScreen.prototype, 'unread');
      hear(grace, all[10]!, 'again');
      grace.socket.receive('clientTyping', { from: all[11]!.address, isTyping: true });
      touched.push(reads.mock.calls.length);
      reads.mockRestore();
      const after = grace.chat.getSnapshot().conversations;
      expect(after.filter((row) => !before.includes(row)).map(({ clientId }) => clientId)).toEqual([11, 12]);
    }
    expect(touched[1]).toBe(touched[0]);
  });
});

describe('an address that has no row', () => {
  const say = (consoles: readonly FakeTimeConsole[], address: string, text: string) => {
    const event = { from: address, type: 'text', message: text, timestamp: new Date().toISOString() };
    for (const { socket } of consoles) socket.receive('incomingMessage', event);
  };
  const adoptions = () => server.requests.filter(({ path }) => path === '/api/chat/sessions');

  it('gets one at its first message, from one console: the others search again before they create it', async () => {
    const consoles = [await open(GRACE), await open(ALAN)];
    consoles[1]!.tab.random = () => 0.99;
    for (const { socket } of consoles) socket.receive('newChat', { clientId: 'old-socket', username: 'Old' });
    await advanceTime(3_000);
    expect(adoptions()).toHaveLength(0);
    say(consoles, 'old-socket', 'Hello');
    await advanceTime(3_000);
    expect(adoptions().map(({ body }) => body)).toEqual([{ clientSocketId: 'old-socket', username: 'Old' }]);
    for (const { chat } of consoles)
      expect(chat.getSnapshot().conversations).toMatchObject([{ username: 'Old', preview: { text: 'Hello' } }]);
    expect([...server.clients.values()].map(({ rows }) => rows.length)).toEqual([1]);
  });

  it('is not retried while the server asks to wait, and no message is lost', async () => {
    const grace = await open();
    server.fault = ({ path }) => (path === '/api/chat/sessions' ? { code: 'rate_limited', retryAfter: 30 } : undefined);
    say([grace], 'old-socket', 'Hello');
    await advanceTime(29_000, 500);
    expect(adoptions()).toHaveLength(1);
    server.fault = () => undefined;
    say([grace], 'old-socket', 'Anybody?');
    await advanceTime(40_000, 500);
    expect(adoptions()).toHaveLength(2);
    expect(server.clients.get(1)?.rows.map(({ text }) => text)).toEqual(['Hello', 'Anybody?']);
  });

  it('gets none when its visitor leaves', async () => {
    const grace = await open();
    grace.socket.receive('chatEnded', { clientId: 'old-socket' });
    await advanceTime(3_000);
    expect(adoptions()).toHaveLength(0);
  });
});

/** The relay brings a message of this visitor, which is saved. */
function hear({ socket, tab }: FakeTimeConsole, client: FakeClient, text: string): void {
  const messageKey = tab.uuid();
  socket.receive('incomingMessage', { from: client.address, type: 'text', message: text, messageKey, timestamp: new Date().toISOString() });
  server.commit(client.id, { text, messageKey });
}

/** How often the conversation's newest page was asked for. */
function requestsOf(clientId: number): number {
  return server.requests.filter(
    ({ path, query }) => path === '/api/chat/messages' && query.get('clientId') === String(clientId) && !query.has('afterSeq'),
  ).length;
}
