import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  ALAN,
  closeServers,
  connected,
  eventually,
  GRACE,
  newBrowser,
  openOperator,
  openServers,
  openVisitor,
  relay,
  said,
  seenBy,
  server,
  startVisitor,
  statuses,
} from './testing/open-chats.ts';
import { SESSION_KEY } from './visitor/session.ts';

beforeEach(async () => {
  await openServers();
  // Like the real servers: the visitor's connections are closed, the token is refused, and consoles are notified.
  server.onBlocked = (client) => {
    if (client.blockedAt === null) relay.refused.delete(`v${client.id}`);
    else {
      relay.refused.add(`v${client.id}`);
      relay.cutVisitor(client.address);
    }
  };
});
afterEach(closeServers);

describe('a blocked visitor', () => {
  it('is notified at once, keeps unsent messages with the reason, and continues automatically when unblocked', async () => {
    const { chat } = openOperator();
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('before');
    await eventually(() => expect(server.clients.get(1)?.rows).toHaveLength(1));
    await chat.perform('POST /api/chat/block', { body: { clientId: 1, blocked: true } });
    await eventually(() => expect(visitor.chat.getSnapshot()).toMatchObject({ phase: 'active', blocked: true }));
    await visitor.chat.conversation!.sendText('after');
    await eventually(() => expect(statuses(visitor.chat)?.[1]).toBe('failed'));
    const refused = visitor.chat.conversation!.getSnapshot().messages.at(-1);
    expect(refused).toMatchObject({ body: { text: 'after' }, failure: 'blocked' });
    await expect(visitor.chat.end()).rejects.toThrow('You can’t use this chat any more.');
    expect(visitor.chat.getSnapshot().phase).toBe('active');

    await chat.perform('POST /api/chat/block', { body: { clientId: 1, blocked: false } });
    await expect.poll(() => visitor.chat.getSnapshot()).toMatchObject({ blocked: false, connection: 'connected' });
    visitor.chat.conversation!.retry(refused!);
    await eventually(() => expect(visitor.chat.conversation!.getSnapshot().messages.map(({ seq }) => seq)).toEqual([1, 2]));
    expect(server.clients.get(1)?.rows.map((row) => row.text)).toEqual(['before', 'after']);
  });

  it('does not get another conversation by a reload or after the token has expired', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    await openOperator().chat.perform('POST /api/chat/block', { body: { clientId: 1, blocked: true } });
    first.chat.close();
    const second = openVisitor(own);
    await eventually(() => expect(second.chat.getSnapshot()).toMatchObject({ phase: 'active', blocked: true }));
    second.chat.close();
    const stored = JSON.parse(own.storage.getItem(SESSION_KEY) ?? '') as object;
    own.storage.setItem(SESSION_KEY, JSON.stringify({ ...stored, token: 'expired', expiresAt: new Date(0).toISOString() }));
    server.fault = (request) => (request.path === '/api/chat/token' ? { code: 'unauthenticated' } : undefined);
    const third = openVisitor(own);
    await eventually(() => expect(third.chat.getSnapshot()).toMatchObject({ phase: 'resuming', blocked: true }));
    expect(server.clients.size).toBe(1);
    expect(own.storage.getItem(SESSION_KEY)).not.toBeNull();

    // Another tab ends the conversation: the form is shown, not the notice. Repeated, because the copy on disk may restore the session once.
    await eventually(() => {
      own.storage.removeItem(SESSION_KEY);
      third.tab.storageChanged();
      expect(third.chat.getSnapshot()).toMatchObject({ phase: 'idle', blocked: false });
    });
  });
});

describe('consoles', () => {
  it('are notified of the block by one another, and receive nothing more from the visitor', async () => {
    const [grace, alan] = [openOperator(GRACE), openOperator(ALAN)];
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('before');
    await Promise.all([grace, alan].map(async ({ chat }) => await connected(chat)));
    for (const { chat } of [grace, alan]) await eventually(() => expect(chat.getSnapshot().conversations).toHaveLength(1));
    // Alan's console has the conversation loaded, so it would fetch only new rows.
    await eventually(() => expect(seenBy(alan.chat)).toEqual(['before']));
    await grace.chat.perform('POST /api/chat/block', { body: { clientId: 1, blocked: true } });
    expect(grace.chat.getSnapshot().conversations[0]?.blockedAt).not.toBeNull();
    await eventually(() => expect(alan.chat.getSnapshot().conversations[0]?.blockedAt).not.toBeNull());
    const address = server.clients.get(1)?.address ?? '';
    relay.toOperators('incomingMessage', { from: address, type: 'text', message: 'slipped through', timestamp: new Date().toISOString() });
    relay.toOperators('clientTyping', { from: address, isTyping: true });
    relay.toOperators('chatEnded', { clientId: address });
    // A later event that both do receive.
    relay.toOperators('newChat', { clientId: 'other-socket', username: 'Other' });
    relay.toOperators('incomingMessage', { from: 'other-socket', type: 'text', message: 'hi', timestamp: new Date().toISOString() });
    for (const { chat, arrivals } of [grace, alan]) {
      await eventually(() => expect(chat.getSnapshot().conversations).toHaveLength(2));
      expect(chat.getSnapshot().conversations.find(({ clientId }) => clientId === 1)).toMatchObject({ typing: false, endedAt: null });
      expect(seenBy(chat)).not.toContain('slipped through');
      await eventually(() => expect(arrivals.map(({ message }) => message.body.text)).toContain('hi'));
      expect(arrivals.map(({ message }) => message.body.text)).not.toContain('slipped through');
    }
    // Several times: the periodic refresh of the list might find one of them.
    for (const blocked of [false, true, false]) {
      await grace.chat.perform('POST /api/chat/block', { body: { clientId: 1, blocked } });
      const row = () => alan.chat.getSnapshot().conversations.find(({ clientId }) => clientId === 1);
      await eventually(() => expect(row()?.blockedAt === null).toBe(!blocked));
    }
  });

  it('remove a message that was in flight when the visitor was blocked, and that is not saved', async () => {
    const { chat } = openOperator();
    const visitor = await startVisitor();
    await connected(chat);
    await visitor.chat.conversation!.sendText('before');
    await eventually(() => expect(seenBy(chat)).toEqual(['before']));
    server.fault = (request) => (request.method === 'POST' && 'clientId' in (request.actor ?? {}) ? 'refuse' : undefined);
    await visitor.chat.conversation!.sendText('too late');
    await eventually(() => expect(seenBy(chat)).toEqual(['before', 'too late']));
    server.clients.get(1)!.blockedAt = new Date().toISOString();
    server.fault = () => undefined;
    await eventually(() => expect(statuses(visitor.chat)?.[1]).toBe('failed'));
    // The backstop tries to save it after some seconds, is refused, and removes it.
    await eventually(() => expect(seenBy(chat)).toEqual(['before']));
    expect(said(visitor.chat)).toEqual(['before', 'too late']);
    expect(server.clients.get(1)?.rows.map((row) => row.text)).toEqual(['before']);
  });

  it('get the error when blocking fails', async () => {
    const { chat } = openOperator();
    await startVisitor();
    server.fault = (request) => (request.path === '/api/chat/block' ? { code: 'unavailable' } : undefined);
    await expect(chat.perform('POST /api/chat/block', { body: { clientId: 1, blocked: true } })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
