import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { messageId } from '../model/message-id.ts';
import type { ConversationHandle } from '../model/types.ts';
import { lookAt } from '../testing/look-at.ts';
import { closeConversations, openConversation, ready, say, server, startConversations, texts } from '../testing/open-conversation.ts';
import { liveMessage } from '../timeline/live-message.ts';
import { READ_MS } from './in-view-timer.ts';
import type { RelayFeed } from './relay-feed.ts';

beforeEach(startConversations);
afterEach(closeConversations);

/** An operator's message that arrives over the relay. */
const hear = (feed: RelayFeed, text: string, messageKey: string, timestamp = new Date().toISOString()) =>
  feed.message(liveMessage({ type: 'text', message: text, timestamp, messageKey }, { from: 'x', senderType: 'OPERATOR' }));
const KEY = '0b0e1f52-7d0c-4c6e-9a3b-6f7f6c1f2a10';
/** Reports that the log shows these messages to a person. */
const show = (conversation: ConversationHandle, ...shown: readonly string[]) => {
  const { messages, unread } = conversation.getSnapshot();
  const ids = messages.filter(({ body }) => shown.includes(body.text ?? '')).map(messageId);
  conversation.setView({ inView: ids, outOfView: unread.filter((id) => !ids.includes(id)), following: true });
};

describe('reading', () => {
  it('reports delivered at once and read only while somebody is looking, each number once', async () => {
    say('one');
    say('two');
    const { conversation, reports, sync } = await openConversation();
    await vi.waitFor(() => expect(texts(conversation)).toHaveLength(2));
    expect(conversation.unread()).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reports).toEqual([{ deliveredSeq: 2, readSeq: 0 }]);
    const lookAway = lookAt(conversation);
    expect(conversation.getSnapshot().firstUnreadKey).toBe(conversation.getSnapshot().messages[0]?.key);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(conversation.unread()).toBe(0);
    expect(reports).toEqual([
      { deliveredSeq: 2, readSeq: 0 },
      { deliveredSeq: 2, readSeq: 2 },
    ]);
    lookAway();
    say('three');
    sync.hint(3);
    await vi.waitFor(() => expect(texts(conversation)).toHaveLength(3));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(reports.at(-1)).toEqual({ deliveredSeq: 3, readSeq: 2 });
    expect(conversation.unread()).toBe(1);
  });

  it('counts each message only after a second in view, and updates the number of unread messages', async () => {
    for (const text of ['one', 'two', 'three', 'four']) say(text);
    const { conversation, reports } = await openConversation();
    await ready(conversation);
    conversation.setOpen(true);
    expect(conversation.getSnapshot()).toMatchObject({ opened: true, firstUnreadKey: conversation.getSnapshot().messages[0]?.key });
    conversation.setVisible(true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(conversation.unread()).toBe(4);
    show(conversation, 'one', 'two');
    await vi.advanceTimersByTimeAsync(READ_MS - 1);
    expect(conversation.unread()).toBe(4);
    // Out of view and back again: its second starts over.
    show(conversation, 'one', 'three');
    show(conversation, 'one', 'two', 'three');
    await vi.advanceTimersByTimeAsync(1);
    expect(conversation.unread()).toBe(3);
    await vi.advanceTimersByTimeAsync(READ_MS);
    expect(conversation.unread()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reports.map(({ readSeq }) => readSeq)).toEqual([0, 1, 3]);
  });

  it('counts nothing while the page does not have the focus, however long a message is in view', async () => {
    say('one');
    const { conversation } = await openConversation();
    await ready(conversation);
    conversation.setOpen(true);
    show(conversation, 'one');
    await vi.advanceTimersByTimeAsync(10 * READ_MS);
    expect(conversation.unread()).toBe(1);
    conversation.setVisible(true);
    await vi.advanceTimersByTimeAsync(READ_MS / 2);
    conversation.setVisible(false);
    await vi.advanceTimersByTimeAsync(10 * READ_MS);
    expect(conversation.unread()).toBe(1);
    conversation.setVisible(true);
    await vi.advanceTimersByTimeAsync(READ_MS);
    expect(conversation.unread()).toBe(0);
  });

  it('keeps a message unread that was sent before the others but arrives after them, until it is in view', async () => {
    const sentAt = new Date(Date.now() - 600_000).toISOString();
    for (let index = 1; index <= 5; index += 1) say(`m${index}`);
    const { conversation, reports, seen, sync } = await openConversation();
    await ready(conversation);
    conversation.setOpen(true);
    conversation.setVisible(true);
    show(conversation, 'm1', 'm2', 'm3', 'm4', 'm5');
    await vi.advanceTimersByTimeAsync(2 * READ_MS);
    expect(conversation.unread()).toBe(0);
    server.commit(1, { text: 'late', senderType: 'OPERATOR', sentAt });
    sync.hint(6);
    await vi.waitFor(() => expect(texts(conversation)[0]).toBe('late'));
    show(conversation, 'm4', 'm5');
    await vi.advanceTimersByTimeAsync(5 * READ_MS);
    expect(conversation.unread()).toBe(1);
    expect(reports.at(-1)?.readSeq).toBe(5);
    expect(conversation.getSnapshot().firstUnreadKey).toBe(conversation.getSnapshot().messages[0]?.key);
    expect(seen).toEqual([['late', false]]);
    show(conversation, 'late');
    await vi.advanceTimersByTimeAsync(2 * READ_MS);
    expect(reports.at(-1)?.readSeq).toBe(6);
  });

  it('reports for each arriving message whether a person saw it arrive', async () => {
    const { conversation, seen, feed } = await openConversation();
    await ready(conversation);
    const keyOf = (index: number) => `${KEY.slice(0, -1)}${index}`;
    hear(feed, 'closed', keyOf(1));
    conversation.setOpen(true);
    show(conversation);
    hear(feed, 'no focus', keyOf(2));
    conversation.setVisible(true);
    hear(feed, 'in view', keyOf(3));
    conversation.setView({ inView: [], outOfView: [], following: false });
    hear(feed, 'scrolled up', keyOf(4));
    show(conversation);
    hear(feed, 'above', keyOf(5), new Date(Date.now() - 60_000).toISOString());
    expect(seen).toEqual([
      ['closed', false],
      ['no focus', false],
      ['in view', true],
      ['scrolled up', false],
      ['above', false],
    ]);
  });

  it('counts a live message as read when it was seen before it had a number', async () => {
    const { conversation, reports, sync, feed } = await openConversation();
    const lookAway = lookAt(conversation);
    await ready(conversation);
    hear(feed, 'live', KEY);
    await vi.advanceTimersByTimeAsync(2 * READ_MS);
    lookAway();
    expect(conversation.unread()).toBe(0);
    server.commit(1, { text: 'live', senderType: 'OPERATOR', messageKey: KEY });
    sync.hint(1);
    await vi.waitFor(() => expect(conversation.getSnapshot().messages[0]?.seq).toBe(1));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(conversation.unread()).toBe(0);
    expect(reports).toEqual([{ deliveredSeq: 1, readSeq: 1 }]);
  });

  it('marks messages as read that were read elsewhere', async () => {
    say('one');
    const { conversation, sync } = await openConversation();
    await ready(conversation);
    let told = 0;
    conversation.subscribe(() => (told += 1));
    server.clients.get(1)!.receipts = { ...server.clients.get(1)!.receipts, clientReadSeq: 1 };
    sync.hintSeen({ by: 'client', deliveredSeq: 1, readSeq: 1 });
    await vi.waitFor(() => expect(told).toBe(1));
    expect(conversation.unread()).toBe(0);
  });

  it('fetches unread messages above the newest page before it places the divider', async () => {
    for (let index = 1; index <= 320; index += 1) say(`m${index}`);
    server.clients.get(1)!.receipts = { ...server.clients.get(1)!.receipts, clientReadSeq: 20 };
    const { conversation } = await openConversation();
    await ready(conversation);
    expect(texts(conversation)).toHaveLength(50);
    conversation.setOpen(true);
    expect(conversation.getSnapshot().opened).toBe(false);
    await vi.waitFor(() => expect(conversation.getSnapshot().opened).toBe(true));
    const { messages, firstUnreadKey } = conversation.getSnapshot();
    expect(messages.find(({ key }) => key === firstUnreadKey)?.body.text).toBe('m21');
    expect(conversation.unread()).toBe(300);
  });

  it('stops fetching after some pages, and marks nothing as read below unread messages that are not loaded', async () => {
    for (let index = 1; index <= 1_500; index += 1) say(`m${index}`);
    const { conversation, reports } = await openConversation();
    await ready(conversation);
    lookAt(conversation);
    await vi.waitFor(() => expect(conversation.getSnapshot().opened).toBe(true));
    const { messages, firstUnreadKey } = conversation.getSnapshot();
    expect([messages.length, messages[0]?.key]).toEqual([1_050, firstUnreadKey]);
    await vi.advanceTimersByTimeAsync(3 * READ_MS);
    expect(conversation.unread()).toBe(0);
    expect(conversation.knowsAllUnread()).toBe(false);
    expect(reports.at(-1)).toEqual({ deliveredSeq: 1_500, readSeq: 0 });
  });

  it('opens with the loaded messages when older pages cannot be fetched', async () => {
    for (let index = 1; index <= 120; index += 1) say(`m${index}`);
    const { conversation } = await openConversation();
    await ready(conversation);
    server.fault = ({ query }) => (query.has('beforeSeq') ? 'refuse' : undefined);
    conversation.setOpen(true);
    await vi.waitFor(() => expect(conversation.getSnapshot().opened).toBe(true));
    expect(conversation.getSnapshot().messages[0]?.key).toBe(conversation.getSnapshot().firstUnreadKey);
  });
});

describe('many changes in a short time', () => {
  it('notify listeners a few times, not once for each message, and the snapshot is always current', async () => {
    const { conversation, feed } = await openConversation();
    await ready(conversation);
    let told = 0;
    conversation.subscribe(() => (told += 1));
    for (let index = 0; index < 100; index += 1) {
      hear(feed, `m${index}`, `${KEY.slice(0, -2)}${String(index).padStart(2, '0')}`);
      expect(conversation.unread()).toBe(index + 1);
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toBeGreaterThan(5);
    expect(told).toBeLessThan(15);
  });

  it('never delay a change that a person waits for', async () => {
    const { conversation, feed } = await openConversation();
    await ready(conversation);
    hear(feed, 'one', KEY);
    let shown: (string | null)[] = [];
    conversation.subscribe(() => {
      shown = texts(conversation);
    });
    await conversation.sendText('mine');
    expect(shown).toEqual(['one', 'mine']);
  });
});
