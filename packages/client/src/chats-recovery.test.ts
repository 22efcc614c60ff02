import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { lookAt } from './testing/look-at.ts';
import { MemoryStore } from './testing/memory-store.ts';
import {
  ALAN,
  closeServers,
  connected,
  eventually,
  GRACE,
  newBrowser,
  openOperator,
  OperatorBrowser,
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

beforeEach(openServers);
afterEach(closeServers);

/** Expires the stored token, and applies `changes` to the stored session. */
function expireToken({ storage }: ReturnType<typeof newBrowser>, changes: { readonly resumeToken?: string } = {}): void {
  const stored = JSON.parse(storage.getItem(SESSION_KEY) ?? '') as object;
  storage.setItem(SESSION_KEY, JSON.stringify({ ...stored, token: 'expired', expiresAt: new Date(0).toISOString(), ...changes }));
}

describe('the backstop', () => {
  it('saves messages of an old front-end at once, for an address without a row, identically from every console', async () => {
    const grace = openOperator(GRACE);
    const alan = openOperator(ALAN);
    await Promise.all([connected(grace.chat), connected(alan.chat)]);
    relay.toOperators('newChat', { clientId: 'old-socket', username: 'Old' });
    relay.toOperators('incomingMessage', {
      from: 'old-socket',
      type: 'text',
      message: 'from an old page',
      timestamp: new Date().toISOString(),
    });
    await eventually(() => expect(server.clients.get(1)?.rows).toHaveLength(1));
    expect(server.clients.get(1)).toMatchObject({ username: 'Old', address: 'old-socket' });
    await eventually(() => {
      const saves = server.requests.filter((request) => request.path === '/api/chat/messages' && request.method === 'POST');
      expect(saves).toHaveLength(2);
    });
    expect(server.clients.get(1)?.rows).toHaveLength(1);
    expect(server.clients.get(1)?.rows[0]).toMatchObject({ senderType: 'CLIENT', text: 'from an old page' });
    await eventually(() => expect(seenBy(grace.chat)).toEqual(['from an old page']));
    expect(server.clients.size).toBe(1);
  });

  it('saves a message with a key that its sender does not save', async () => {
    const operator = openOperator();
    await connected(operator.chat);
    const visitor = await startVisitor();
    server.fault = (request) =>
      request.method === 'POST' && request.path === '/api/chat/messages' && 'clientId' in (request.actor ?? {}) ? 'refuse' : undefined;
    await visitor.chat.conversation!.sendText('cannot save');
    await eventually(() => expect(server.clients.get(1)?.rows.map((row) => row.text)).toEqual(['cannot save']));
    // The sender learns of it, though its own request never got through: nothing is left to send.
    await eventually(() => expect(statuses(visitor.chat)?.[0]).not.toBe('sending'));
    await eventually(() => expect(visitor.chat.getSnapshot().savesFailing).toBe(false));
  });

  it('shows that a visitor’s message could not be saved until it is discarded, but not after a reload', async () => {
    const shared = new OperatorBrowser();
    const first = openOperator(GRACE, shared);
    await connected(first.chat);
    relay.toOperators('newChat', { clientId: 'old-socket', username: 'Old' });
    const said = { from: 'old-socket', type: 'text', message: 'FORBIDDEN' };
    relay.toOperators('incomingMessage', { ...said, timestamp: new Date().toISOString() });
    await eventually(() => expect(first.chat.conversation(1).getSnapshot().messages).toMatchObject([{ own: false, status: 'failed' }]));
    const second = openOperator(GRACE, shared);
    await connected(second.chat);
    await eventually(() => expect(second.chat.conversation(1).getSnapshot()).toMatchObject({ history: 'ready', messages: [] }));
    // The page keeps showing it until the person discards it.
    const [message] = first.chat.conversation(1).getSnapshot().messages;
    expect(message).toMatchObject({ body: { text: 'FORBIDDEN' }, failure: 'invalid_request' });
    await first.chat.conversation(1).discard(message!);
    expect(seenBy(first.chat)).toEqual([]);
  });
});

describe('a relay that may have lost messages', () => {
  it('makes both sides fetch new messages, over connections that were never interrupted', async () => {
    const operator = openOperator();
    await connected(operator.chat);
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('before');
    await eventually(() => expect(operator.chat.getSnapshot().conversations).toHaveLength(1));
    lookAt(operator.chat.conversation(1));
    lookAt(visitor.chat.conversation!);
    await eventually(() => expect(operator.chat.conversation(1).getSnapshot().history).toBe('ready'));
    relay.losesEvents = true;
    // The list would eventually show it as well.
    server.fault = (request) => (request.path === '/api/chat/recent' ? 'refuse' : undefined);
    await visitor.chat.conversation!.sendText('into the gap');
    await eventually(() => expect(statuses(visitor.chat)?.at(-1)).toBe('sent'));
    expect(seenBy(operator.chat)).toEqual(['before']);
    relay.toOperators('resync', {});
    await eventually(() => expect(seenBy(operator.chat)).toEqual(['before', 'into the gap']));
    await operator.chat.conversation(1).sendText('and back');
    await eventually(() => expect(server.clients.get(1)?.rows).toHaveLength(3));
    expect(said(visitor.chat)).toEqual(['before', 'into the gap']);
    relay.toVisitor(server.clients.get(1)?.address ?? '', 'resync', {});
    await eventually(() => expect(said(visitor.chat)).toEqual(['before', 'into the gap', 'and back']));
  });
});

describe('a reload', () => {
  it('restores the conversation, its history and unsent messages', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    await first.chat.conversation!.sendText('saved');
    await eventually(() => expect(statuses(first.chat)).toEqual(['sent']));
    server.fault = (request) => (request.method === 'POST' ? 'refuse' : undefined);
    await first.chat.conversation!.sendText('not yet');
    first.tab.kill();
    first.chat.close();
    const second = openVisitor(own);
    expect(second.chat.getSnapshot().phase).toBe('active');
    await eventually(() => expect(said(second.chat)).toEqual(['saved', 'not yet']));
    expect(statuses(second.chat)?.[1]).toBe('sending');
    expect(second.arrivals).toEqual([]);
    server.fault = () => undefined;
    await eventually(() => expect(statuses(second.chat)).toEqual(['sent', 'sent']));
  });

  it('resumes by the resume token when the token has expired', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    await first.chat.conversation!.sendText('before');
    await eventually(() => expect(statuses(first.chat)).toEqual(['sent']));
    first.chat.close();
    expireToken(own);
    server.fault = (request) => (request.path === '/api/chat/token' ? { code: 'unauthenticated' } : undefined);
    const second = openVisitor(own);
    expect(second.chat.getSnapshot().phase).toBe('resuming');
    await eventually(() => expect(second.chat.getSnapshot().phase).toBe('active'));
    await eventually(() => expect(said(second.chat)).toEqual(['before']));
    expect(server.clients.size).toBe(1);
  });

  it('with tokens that the server refuses shows the form with the name and starts no conversation, also after another reload', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    await first.chat.conversation!.sendText('before');
    await eventually(() => expect(statuses(first.chat)).toEqual(['sent']));
    first.chat.close();
    expireToken(own, { resumeToken: 'r999' });
    server.fault = (request) => (request.path === '/api/chat/token' ? { code: 'unauthenticated' } : undefined);
    for (let reload = 0; reload < 2; reload += 1) {
      const later = openVisitor(own);
      await eventually(() => expect(later.chat.getSnapshot()).toMatchObject({ phase: 'idle', ended: false, formerName: 'Ada' }));
      later.chat.close();
    }
    expect(server.clients.size).toBe(1);
    server.fault = () => undefined;
    const last = openVisitor(own);
    await last.chat.start({ username: 'Ada' });
    expect(last.chat.getSnapshot()).toMatchObject({ phase: 'active', formerName: null });
    await last.chat.end();
    expect(last.chat.getSnapshot()).toMatchObject({ phase: 'idle', ended: true, formerName: null });
  });

  it('continues the conversation if the browser was killed before it had written its store', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    await first.chat.conversation!.sendText('before');
    await eventually(() => expect(statuses(first.chat)).toEqual(['sent']));
    first.tab.kill();
    first.chat.close();
    const second = openVisitor({ ...own, storage: new MemoryStore() });
    expect(second.chat.getSnapshot().phase).toBe('resuming');
    await eventually(() => expect(second.chat.getSnapshot().phase).toBe('active'));
    await eventually(() => expect(said(second.chat)).toEqual(['before']));
    expect(server.clients.size).toBe(1);
  });

  it('does not restore an ended conversation if the browser was killed before it had written its store', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    const lost = new MemoryStore();
    lost.setItem(SESSION_KEY, own.storage.getItem(SESSION_KEY) ?? '');
    await first.chat.end();
    first.tab.kill();
    first.chat.close();
    const second = openVisitor({ ...own, storage: lost });
    await eventually(() => expect(second.chat.getSnapshot().phase).toBe('idle'));
    expect(lost.getItem(SESSION_KEY)).toBeNull();
  });

  it('a conversation ends in every tab, including the one that started it', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    const second = openVisitor(own);
    await connected(second.chat);
    await second.chat.end();
    first.tab.storageChanged();
    expect(first.chat.getSnapshot().phase).toBe('idle');
  });

  it('shows unsent messages of a lost conversation, for the person to decide', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    server.fault = (request) => (request.path === '/api/chat/messages' ? 'refuse' : undefined);
    await first.chat.conversation!.sendText('left over');
    first.tab.kill();
    first.chat.close();
    own.storage.removeItem(SESSION_KEY);
    own.browser.indexedDB.deleteDatabase('switchboard-session');
    server.fault = () => undefined;
    const second = openVisitor(own);
    await eventually(() => expect(second.chat.getSnapshot().phase).toBe('idle'));
    await second.chat.start({ username: 'Ada' });
    await eventually(() => expect(statuses(second.chat)).toEqual(['failed']));
    const [message] = second.chat.conversation!.getSnapshot().messages;
    expect(message).toMatchObject({ body: { text: 'left over' }, failure: 'left_over' });
    expect(server.clients.get(2)?.rows).toEqual([]);
    second.chat.conversation!.retry(message!);
    await eventually(() => expect(server.clients.get(2)?.rows.map((row) => row.text)).toEqual(['left over']));
  });
});

describe('the connection', () => {
  it('gets a new token when the relay refuses the old one', async () => {
    relay.refused.add('v1');
    const visitor = openVisitor();
    const states: string[] = [];
    visitor.chat.subscribe(() => states.push(visitor.chat.getSnapshot().connection));
    await visitor.chat.start({ username: 'Ada' });
    await eventually(() => expect(server.requests.some((request) => request.path === '/api/chat/token')).toBe(true));
    relay.refused.clear();
    await eventually(() => expect(visitor.chat.getSnapshot().connection).toBe('connected'));
    expect(states).not.toContain('reconnecting');
  });

  it('is closed when the page enters the back/forward cache, and opened again when it returns, with the messages sent meanwhile', async () => {
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('before');
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['sent']));
    visitor.tab.hidePage();
    await eventually(() => expect(visitor.chat.getSnapshot().connection).toBe('reconnecting'));
    // No event in the back/forward cache makes the page connect.
    visitor.tab.wake();
    server.commit(1, { senderType: 'OPERATOR', text: 'meanwhile' });
    expect(visitor.chat.getSnapshot().connection).toBe('reconnecting');
    visitor.tab.restorePage();
    await connected(visitor.chat);
    await eventually(() => expect(said(visitor.chat)).toEqual(['before', 'meanwhile']));
  });

  it('reports its state', async () => {
    const visitor = await startVisitor();
    visitor.tab.setOnline(false);
    relay.cut();
    await eventually(() => expect(visitor.chat.getSnapshot().connection).toBe('offline'));
    visitor.tab.setOnline(true);
    await eventually(() => expect(visitor.chat.getSnapshot().connection).toBe('connected'));
  });

  it('reports that the operator is signed out, not that the relay is unavailable', async () => {
    server.fault = () => ({ code: 'unauthenticated' });
    const operator = openOperator();
    await eventually(() => expect(operator.chat.getSnapshot().signedOut).toBe(true));
    expect(operator.chat.getSnapshot().connection).toBe('connecting');
  });
});
