import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openOutboxStore } from './outbox/store.ts';
import { FakeBrowser, createTab } from './testing/fake-effects.ts';
import {
  ALAN,
  closeServers,
  connected,
  eventually,
  GRACE,
  openOperator,
  openServers,
  relay,
  said,
  seenBy,
  server,
  startVisitor,
} from './testing/open-chats.ts';
import { batchOf, closeTabs, createServer, entry, opened, saves, start, texts } from './testing/open-outbox.ts';

const sorted = (texts: readonly (string | null)[] | undefined) => texts?.toSorted((a, b) => String(a).localeCompare(String(b)));
const KEY = '0b0e1f52-7d0c-4c6e-9a3b-6f7f6c1f2a10';

describe('a key that both sides have used', () => {
  beforeEach(openServers);
  afterEach(closeServers);

  /** An operator's answer is relayed but not saved, so the visitor knows its key. */
  async function answering(first: string) {
    const [grace, alan] = [openOperator(GRACE), openOperator(ALAN)];
    await Promise.all([connected(grace.chat), connected(alan.chat)]);
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('May I?');
    await eventually(() => expect(seenBy(grace.chat)).toEqual(['May I?']));
    // Before that it has no address to send to.
    for (const { chat } of [grace, alan]) await eventually(() => expect(chat.getSnapshot().conversations[0]?.address).toBeTruthy());
    const held = new Set([first]);
    server.fault = ({ body }) => (JSON.stringify(body).includes(first) && held.has(first) ? 'refuse' : undefined);
    await grace.chat.conversation(1).sendText(first);
    await eventually(() => expect(said(visitor.chat)).toContain(first));
    const key = grace.chat.conversation(1).getSnapshot().messages.at(-1)!.key;
    return { grace, alan, visitor, key, letGo: () => held.clear() };
  }

  it('identifies two messages: the operator’s stays on every screen and is saved, although the visitor used its key first', async () => {
    const { grace, alan, visitor, key, letGo } = await answering('Yes, of course.');
    server.commit(1, { messageKey: key, senderType: 'CLIENT', text: 'No, I want nothing.' });
    const both = ['May I?', 'No, I want nothing.', 'Yes, of course.'];
    await eventually(() => expect(sorted(seenBy(grace.chat))).toEqual(both));
    expect(
      grace.chat
        .conversation(1)
        .getSnapshot()
        .messages.find(({ body }) => body.text === 'Yes, of course.'),
    ).toMatchObject({ own: true, status: 'sending' });
    letGo();
    grace.tab.wake();
    await eventually(() => expect(sorted(server.clients.get(1)?.rows.map(({ text }) => text))).toEqual(both));
    for (const chat of [grace.chat, alan.chat]) await eventually(() => expect(sorted(seenBy(chat))).toEqual(both));
    await eventually(() => expect(sorted(said(visitor.chat))).toEqual(both));
    const own = () =>
      grace.chat
        .conversation(1)
        .getSnapshot()
        .messages.find((message) => message.own);
    await eventually(() => expect(own()).toMatchObject({ body: { text: 'Yes, of course.' }, status: 'delivered' }));
  });

  it('identifies two messages on the relay as well, and both arrive', async () => {
    const { grace, alan, key, letGo } = await answering('It is on its way.');
    const [client] = server.clients.values();
    relay.toOperators('incomingMessage', {
      from: client!.address,
      type: 'text',
      message: 'Mine now',
      timestamp: new Date().toISOString(),
      messageKey: key,
    });
    for (const chat of [grace.chat, alan.chat])
      await eventually(() => expect(sorted(seenBy(chat))).toEqual(['It is on its way.', 'May I?', 'Mine now']));
    expect(alan.arrivals.map(({ message }) => message.body.text)).toContain('Mine now');
    await eventually(() => expect(grace.chat.getSnapshot().conversations[0]?.unread).toBe(2));
    letGo();
    grace.tab.wake();
    // Nobody else saves it, so a console does: on the visitor's behalf, not instead of the operator's message.
    await eventually(() =>
      expect(sorted(server.clients.get(1)?.rows.map(({ senderType, text }) => `${senderType} ${text ?? ''}`))).toEqual([
        'CLIENT May I?',
        'CLIENT Mine now',
        'OPERATOR It is on its way.',
      ]),
    );
  });

  it('does not confuse a waiting message with a colleague’s: it gets another key and is saved', async () => {
    const { grace, alan, key, letGo } = await answering('From Grace');
    server.commit(1, { messageKey: key, senderType: 'OPERATOR', text: 'From Alan', operatorId: ALAN.operatorId, operatorName: ALAN.name });
    letGo();
    grace.tab.wake();
    for (const chat of [grace.chat, alan.chat])
      await eventually(() => expect(sorted(seenBy(chat))).toEqual(['From Alan', 'From Grace', 'May I?']));
    await eventually(() => expect(server.clients.get(1)?.rows.map(({ text }) => text)).toEqual(['May I?', 'From Alan', 'From Grace']));
  });
});

describe('a key that another message already has', () => {
  afterEach(closeTabs);

  it('is replaced: the message keeps its position, is always shown once, in every tab, and is saved', async () => {
    const server = createServer();
    const browser = new FakeBrowser();
    server.fault = ({ body }) => (JSON.stringify(body).includes(KEY) ? { code: 'conflict' } : undefined);
    const first = await start(server, { browser });
    const second = await start(server, { browser });
    const shown: string[][] = [];
    for (const { outbox } of [first, second]) outbox.onChange(() => shown.push(outbox.entries().map(({ body }) => body.text ?? '')));
    for (const [text, more] of [
      ['before', {}],
      ['taken', { key: KEY }],
      ['after', {}],
    ] as const)
      await first.outbox.add(entry(text, more));
    await vi.waitFor(() => expect(texts(server)).toEqual(['before', 'taken', 'after']));
    for (const { outbox } of [first, second]) await vi.waitFor(() => expect(outbox.entries()).toEqual([]));
    for (const texts of shown) expect(new Set(texts).size).toBe(texts.length);
    expect(server.clients.get(1)?.rows.some(({ messageKey }) => messageKey === KEY)).toBe(false);
  });

  it('leaves the message as not sent, with its text, if the server accepts no key', async () => {
    const server = createServer();
    server.fault = () => ({ code: 'conflict' });
    const { outbox } = await start(server);
    await outbox.add(entry('taken'));
    await vi.waitFor(() => expect(outbox.entries().map(({ body, failure }) => [body.text, failure])).toEqual([['taken', 'conflict']]));
    const keys = saves(server).map((request) => batchOf(request)[0]?.messageKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('the stored outbox', () => {
  const kept = (owner: string, more: Parameters<typeof entry>[1] = {}) => ({
    ...entry(`of ${owner}`, { key: KEY, ...more }),
    owner,
    version: 1,
    sessionId: null,
    failure: null,
  });

  it('keeps one key of several people, sides and conversations as separate entries that change and end independently', async () => {
    const store = openOutboxStore(createTab({ browser: new FakeBrowser() }));
    const entries = [
      kept('operator:7', { senderType: 'OPERATOR' }),
      kept('operator:7'),
      kept('operator:7', { clientId: 2 }),
      kept('operator:8'),
      kept('visitor'),
    ];
    for (const added of [...entries, ...entries]) await store.add(added);
    const list = async () => (await Promise.all(['operator:7', 'operator:8', 'visitor'].map((owner) => store.list(owner)))).flat();
    const listed = await list();
    expect(listed.map(({ owner, clientId, senderType, key }) => ({ owner, clientId, senderType, key }))).toEqual(
      entries.map(({ owner, clientId, senderType, key }) => ({ owner, clientId, senderType, key })),
    );
    for (const one of listed) await store.update({ ...one, body: { type: 'text', text: `changed ${one.order}` } });
    expect((await list()).map(({ body, key }) => [body.text, key])).toEqual(listed.map(({ order }) => [`changed ${order}`, KEY]));
    await store.remove(listed.slice(0, 2));
    expect(await list()).toHaveLength(3);
    expect(store.isVolatile()).toBe(false);
  });

  it('keeps entries of an older build beside the same key of another person', async () => {
    const browser = new FakeBrowser();
    const store = openOutboxStore(createTab({ browser }));
    await store.list('visitor');
    const database = await opened(browser);
    const write = database.transaction('entries', 'readwrite').objectStore('entries');
    write.add({ version: 1, key: KEY, owner: 'visitor', clientId: 1, text: 'from before', createdAt: new Date().toISOString() });
    await new Promise((resolve) => {
      write.transaction.addEventListener('complete', resolve);
    });
    database.close();
    await store.add(kept('visitor'));
    await store.add(kept('operator:7'));
    expect((await store.list('visitor')).map(({ body }) => body.text)).toEqual(['from before']);
    expect((await store.list('operator:7')).map(({ body, key }) => [body.text, key])).toEqual([['of operator:7', KEY]]);
  });
});
