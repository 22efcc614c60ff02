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

/** What the browser has kept of the conversation is too old to be used, or is changed like this. */
function expireToken({ storage }: ReturnType<typeof newBrowser>, changes: { readonly resumeToken?: string } = {}): void {
  const stored = JSON.parse(storage.getItem(SESSION_KEY) ?? '') as object;
  storage.setItem(SESSION_KEY, JSON.stringify({ ...stored, token: 'expired', expiresAt: new Date(0).toISOString(), ...changes }));
}

describe('the backstop', () => {
  it('saves the messages of an old front-end at once, for an address without a row, from every console the same', async () => {
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

  it('saves a keyed message that does not turn up', async () => {
    const operator = openOperator();
    await connected(operator.chat);
    const visitor = await startVisitor();
    server.fault = (request) =>
      request.method === 'POST' && request.path === '/api/chat/messages' && 'clientId' in (request.actor ?? {}) ? 'refuse' : undefined;
    await visitor.chat.conversation!.sendText('cannot save');
    await eventually(() => expect(server.clients.get(1)?.rows.map((row) => row.text)).toEqual(['cannot save']));
    // And the sender learns of it, though its own request never got through: it has nothing left to send.
    await eventually(() => expect(statuses(visitor.chat)?.[0]).not.toBe('sending'));
    await eventually(() => expect(visitor.chat.getSnapshot().savesFailing).toBe(false));
  });

  it('says that it could not save a visitor’s message until that is dropped, and no longer after a reload', async () => {
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
    // The page that has said so goes on saying it, until the person has read it.
    const [message] = first.chat.conversation(1).getSnapshot().messages;
    expect(message).toMatchObject({ body: { text: 'FORBIDDEN' }, failure: 'invalid_request' });
    await first.chat.conversation(1).discard(message!);
    expect(seenBy(first.chat)).toEqual([]);
  });
});

describe('a relay that may have lost something', () => {
  it('has both sides look in the database, on lines that were never broken', async () => {
    const operator = openOperator();
    await connected(operator.chat);
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('before');
    await eventually(() => expect(operator.chat.getSnapshot().conversations).toHaveLength(1));
    lookAt(operator.chat.conversation(1));
    lookAt(visitor.chat.conversation!);
    await eventually(() => expect(operator.chat.conversation(1).getSnapshot().history).toBe('ready'));
    relay.deaf = true;
    // The list would tell, too, sooner or later.
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
  it('finds the conversation, its history and what was not sent yet', async () => {
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

  it('resumes by the resume token when the other has run out', async () => {
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

  it('with tokens that the server does not take begins nothing: the form is there, with the name, after another reload too', async () => {
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

  it('goes on after the browser was killed before it had written its store', async () => {
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

  it('an ended conversation does not come back, though the browser was killed before it had written its store', async () => {
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

  it('ends in every tab, in the one that began it too', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    const second = openVisitor(own);
    await connected(second.chat);
    await second.chat.end();
    first.tab.storageChanged();
    expect(first.chat.getSnapshot().phase).toBe('idle');
  });

  it('shows what was left unsent of a conversation that is gone, for the person to decide', async () => {
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
  it('gets a new token when the relay does not take the old one', async () => {
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

  it('is given up with the page that is put away for the way back, and made anew when that returns, with what was said meanwhile', async () => {
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('before');
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['sent']));
    visitor.tab.putAway();
    await eventually(() => expect(visitor.chat.getSnapshot().connection).toBe('reconnecting'));
    // Nothing that happens to a page there makes it connect.
    visitor.tab.wake();
    server.commit(1, { senderType: 'OPERATOR', text: 'meanwhile' });
    expect(visitor.chat.getSnapshot().connection).toBe('reconnecting');
    visitor.tab.comeBack();
    await connected(visitor.chat);
    await eventually(() => expect(said(visitor.chat)).toEqual(['before', 'meanwhile']));
  });

  it('says what state it is in', async () => {
    const visitor = await startVisitor();
    visitor.tab.setOnline(false);
    relay.cut();
    await eventually(() => expect(visitor.chat.getSnapshot().connection).toBe('offline'));
    visitor.tab.setOnline(true);
    await eventually(() => expect(visitor.chat.getSnapshot().connection).toBe('connected'));
  });

  it('tells an operator that is signed out, and not that the relay is away', async () => {
    server.fault = () => ({ code: 'unauthenticated' });
    const operator = openOperator();
    await eventually(() => expect(operator.chat.getSnapshot().signedOut).toBe(true));
    expect(operator.chat.getSnapshot().connection).toBe('connecting');
  });
});
