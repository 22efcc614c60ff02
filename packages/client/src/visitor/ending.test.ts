import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FakeRequest } from '../testing/fake-server.ts';
import {
  closeServers,
  connected,
  eventually,
  newBrowser,
  openServers,
  openVisitor,
  relay,
  said,
  server,
  startVisitor,
  statuses,
} from '../testing/open-chats.ts';
import { SessionCopy } from './session-copy.ts';
import { SESSION_KEY } from './session.ts';

beforeEach(openServers);
afterEach(closeServers);

const rows = (clientId = 1) => server.clients.get(clientId)?.rows.map(({ text }) => text ?? 'picture');
const asked = (path: string, method = 'POST') =>
  server.requests.filter((request) => request.path === `/api/chat/${path}` && request.method === method);

/** Delays the answers to requests for which `concerns` is true, until `letGo`; the server has already processed them. */
function hold(tab: { fetch(path: string, init: RequestInit): Promise<Response> }, concerns: (path: string, init: RequestInit) => boolean) {
  const through = tab.fetch.bind(tab);
  let letGo = () => undefined as void;
  let reached = false;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  tab.fetch = async (path, init) => {
    const answer = through(path, init);
    if (!concerns(path, init)) return await answer;
    reached = true;
    await gate;
    return await answer;
  };
  return { letGo: () => letGo(), isReached: () => reached };
}

describe('ending a conversation', () => {
  it('refuses messages in every tab meanwhile, with an error, and keeps what was typed', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    const second = openVisitor(own);
    await connected(second.chat);
    const end = hold(first.tab, (path) => path === '/api/chat/end');
    const ending = first.chat.end();
    await eventually(() => expect(end.isReached()).toBe(true));
    for (const { chat } of [first, second]) {
      await eventually(() => expect(chat.getSnapshot().ending).toBe(true));
      await expect(chat.conversation!.sendText('Too late')).rejects.toThrow('The chat is being ended.');
      await expect(chat.conversation!.sendImage(new Blob(['x'], { type: 'image/png' }), 'late.png')).rejects.toThrow('being ended');
    }
    end.letGo();
    await ending;
    second.tab.storageChanged();
    for (const { chat } of [first, second])
      await eventually(() => expect(chat.getSnapshot()).toMatchObject({ phase: 'idle', ended: true, ending: false }));
    expect(rows()).toEqual([]);
  });

  it('accepts messages again after a failure, and has ended nothing', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    const second = openVisitor(own);
    await connected(second.chat);
    server.fault = ({ path }) => (path === '/api/chat/end' ? { code: 'unavailable' } : undefined);
    await expect(first.chat.end()).rejects.toThrow('Refused by the test.');
    for (const [index, { chat }] of [first, second].entries()) {
      await eventually(() => expect(chat.getSnapshot()).toMatchObject({ ending: false, phase: 'active' }));
      await chat.conversation!.sendText(`Still here ${index}`);
    }
    await eventually(() => expect(rows()).toEqual(['Still here 0', 'Still here 1']));
  });

  it('discards only messages that were shown as refused before', async () => {
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('FORBIDDEN, and seen');
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['failed']));
    // This one is refused while the chat is already being ended.
    server.fault = ({ body }) => (JSON.stringify(body).includes('not seen') ? 'refuse' : undefined);
    await visitor.chat.conversation!.sendText('FORBIDDEN, and not seen');
    const ending = visitor.chat.end();
    server.fault = () => undefined;
    await ending;
    await eventually(() => expect(visitor.chat.getSnapshot().unsentMessages.map(({ text }) => text)).toEqual(['FORBIDDEN, and not seen']));
  });

  it('keeps and shows messages that another tab accepted meanwhile, including a picture, until the person decides', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    const second = openVisitor(own);
    await connected(second.chat);
    const end = hold(first.tab, (path) => path === '/api/chat/end');
    // The second tab does not learn that the chat is being ended, and its requests do not reach the server.
    const deaf = openVisitor(own, { openChannel: () => undefined });
    await connected(deaf.chat);
    const ending = first.chat.end();
    await eventually(() => expect(end.isReached()).toBe(true));
    server.fault = ({ path, method }) =>
      method === 'POST' && (path === '/api/chat/messages' || path === '/api/chat/uploads') ? 'refuse' : undefined;
    await deaf.chat.conversation!.sendText('Written at that very moment');
    await deaf.chat.conversation!.sendImage(new Blob(['x'], { type: 'image/png' }), 'a.png');
    end.letGo();
    await ending;
    server.fault = () => undefined;
    for (const { tab } of [second, deaf]) tab.storageChanged();
    const left = [
      { type: 'text', text: 'Written at that very moment' },
      { type: 'image', text: null },
    ];
    for (const { chat } of [first, second, deaf]) await eventually(() => expect(chat.getSnapshot().unsentMessages).toMatchObject(left));
    // Also after a reload; only the person may send it.
    const later = openVisitor(own);
    await eventually(() => expect(later.chat.getSnapshot()).toMatchObject({ phase: 'idle', unsentMessages: left }));
    await later.chat.discardUnsentMessage(later.chat.getSnapshot().unsentMessages[1]!.key);
    await later.chat.start({ username: 'Ada' });
    await eventually(() => expect(statuses(later.chat)).toEqual(['failed']));
    expect(said(later.chat)).toEqual(['Written at that very moment']);
    later.chat.conversation!.retry(later.chat.conversation!.getSnapshot().messages[0]!);
    await eventually(() => expect(rows(2)).toEqual(['Written at that very moment']));
    expect(rows(1)).toEqual([]);
  });

  it('loses no message in a browser without storage', async () => {
    const volatile = openVisitor(newBrowser(), { indexedDB: undefined });
    await volatile.chat.start({ username: 'Ada' });
    server.fault = ({ body }) => (JSON.stringify(body).includes('FORBIDDEN') ? 'refuse' : undefined);
    await volatile.chat.conversation!.sendText('FORBIDDEN');
    const ending = volatile.chat.end();
    server.fault = () => undefined;
    await ending;
    await eventually(() => expect(volatile.chat.getSnapshot().unsentMessages.map(({ text }) => text)).toEqual(['FORBIDDEN']));
    await volatile.chat.start({ username: 'Ada' });
    await eventually(() => expect(said(volatile.chat)).toEqual(['FORBIDDEN']));
    expect(statuses(volatile.chat)).toEqual(['failed']);
  });

  it('is detected by another browser, without endless token renewals', async () => {
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('Hello');
    await eventually(() => expect(rows()).toEqual(['Hello']));
    server.clients.get(1)!.over = true;
    server.clients.get(1)!.endedAt = new Date().toISOString();
    relay.refused.add('v1');
    relay.cut();
    await visitor.chat.conversation!.sendText('Anybody?');
    await eventually(() => expect(visitor.chat.getSnapshot()).toMatchObject({ phase: 'idle', ended: true }));
    await eventually(() => expect(visitor.chat.getSnapshot().unsentMessages.map(({ text }) => text)).toEqual(['Anybody?']));
    expect(asked('sessions')).toHaveLength(1);
    const renewals = asked('token').length;
    visitor.tab.wake();
    visitor.tab.storageChanged();
    await new Promise(setImmediate);
    expect(asked('token')).toHaveLength(renewals);
  });
});

describe('a late answer', () => {
  const renewal = (path: string) => path === '/api/chat/token';
  /** Changes the stored token so that it is due for renewal. */
  function age({ storage }: ReturnType<typeof newBrowser>): void {
    const stored = JSON.parse(storage.getItem(SESSION_KEY) ?? '{}') as object;
    storage.setItem(SESSION_KEY, JSON.stringify({ ...stored, expiresAt: new Date(Date.now() + 60 * 60 * 1_000).toISOString() }));
  }

  it('to a renewal does not restore an ended conversation', async () => {
    const own = newBrowser();
    const visitor = await startVisitor(own);
    age(own);
    const held = hold(visitor.tab, renewal);
    relay.cut();
    await eventually(() => expect(held.isReached()).toBe(true));
    await visitor.chat.end();
    expect(visitor.chat.getSnapshot().phase).toBe('idle');
    held.letGo();
    const next = openVisitor(own);
    await eventually(() => expect(next.chat.getSnapshot().phase).toBe('idle'));
    for (const { chat } of [visitor, next]) expect(chat.getSnapshot().phase).toBe('idle');
    expect(own.storage.getItem(SESSION_KEY)).toBeNull();
  });

  it('to a renewal does not replace a conversation that another tab has started meanwhile', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    age(own);
    const held = hold(first.tab, renewal);
    relay.cut();
    await eventually(() => expect(held.isReached()).toBe(true));
    const second = openVisitor(own);
    await eventually(() => expect(second.chat.getSnapshot().phase).toBe('active'));
    await second.chat.end();
    await second.chat.start({ username: 'Bea' });
    held.letGo();
    first.tab.storageChanged();
    await second.chat.conversation!.sendText('Of Bea');
    await eventually(() => expect(rows(2)).toEqual(['Of Bea']));
    await eventually(() => expect(said(first.chat)).toEqual(['Of Bea']));
    expect(JSON.parse(own.storage.getItem(SESSION_KEY) ?? '{}')).toMatchObject({ clientId: 2, username: 'Bea' });
  });

  it('to a save is not retried with the token of another conversation', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    const second = openVisitor(own);
    await connected(second.chat);
    server.fault = ({ path, method }: FakeRequest) =>
      path === '/api/chat/messages' && method === 'POST' ? { code: 'unauthenticated' } : undefined;
    await first.chat.conversation!.sendText('For the first conversation');
    await second.chat.end().catch(() => undefined);
    server.fault = () => undefined;
    // The store has another conversation; this tab has not been notified yet.
    const other = server.addClient('Bea');
    own.storage.setItem(
      SESSION_KEY,
      JSON.stringify({
        token: 'v2',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        resumeToken: 'r2',
        clientId: 2,
        sessionId: other.sessionId,
        username: 'Bea',
      }),
    );
    first.tab.wake();
    await eventually(() => expect(asked('messages').length).toBeGreaterThan(1));
    first.tab.storageChanged();
    await eventually(() => expect(statuses(first.chat)).toEqual(['failed']));
    expect(rows(2)).toEqual([]);
  });

  it('from the copy on disk does not restore a conversation that was ended meanwhile', async () => {
    const own = newBrowser();
    const first = await startVisitor(own);
    // oxlint-disable-next-line typescript/unbound-method -- called with its object below
    const { read } = SessionCopy.prototype;
    let letGo = () => undefined as void;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    // The second tab has read the copy by the time the first one ends the conversation.
    const next = openVisitor(own, { locks: undefined });
    SessionCopy.prototype.read = async function slow(this: SessionCopy) {
      const record = await read.call(this);
      await gate;
      return record;
    };
    try {
      const third = openVisitor(own);
      await first.chat.end().catch(() => undefined);
      letGo();
      await eventually(() => expect(third.chat.getSnapshot().phase).toBe('idle'));
    } finally {
      SessionCopy.prototype.read = read;
    }
    next.tab.storageChanged();
    await eventually(() => expect(next.chat.getSnapshot().phase).toBe('idle'));
    expect(own.storage.getItem(SESSION_KEY)).toBeNull();
  });
});
