import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { lookAt } from './testing/look-at.ts';
import {
  ALAN,
  closeServers,
  connected,
  eventually,
  GRACE,
  newBrowser,
  openOperator,
  openServers,
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

it('an operator who opens a conversation that does not exist gets `missing`', async () => {
  const { chat } = openOperator();
  await eventually(() => expect(chat.conversation(4_711).getSnapshot().history).toBe('missing'));
});

describe('a visitor and an operator', () => {
  it('exchange messages: each is shown at once, saved once, and reported once', async () => {
    const operator = openOperator();
    await connected(operator.chat);
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('Hello?');
    await eventually(() => expect(seenBy(operator.chat)).toEqual(['Hello?']));
    await operator.chat.conversation(1).sendText('Hi Ada.');
    await eventually(() => expect(said(visitor.chat)).toEqual(['Hello?', 'Hi Ada.']));
    await eventually(() => expect(server.clients.get(1)?.rows.map((row) => row.text)).toEqual(['Hello?', 'Hi Ada.']));
    await eventually(() =>
      expect(operator.arrivals.map(({ clientId, message }) => [clientId, message.body.text])).toEqual([[1, 'Hello?']]),
    );
    expect(visitor.arrivals.map(({ message }) => [message.body.text, message.operatorName])).toEqual([['Hi Ada.', 'Grace']]);
    await eventually(() => expect(said(visitor.chat)).toHaveLength(2));
    expect(operator.chat.getSnapshot().conversations[0]?.preview?.text).toBe('Hi Ada.');
  });

  it('see the status of a message: sent, delivered, read', async () => {
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('Anybody there?');
    expect(['sending', 'sent']).toContain(statuses(visitor.chat)?.[0]);
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['sent']));
    const operator = openOperator();
    await connected(operator.chat);
    const conversation = operator.chat.conversation(1);
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['delivered']));
    lookAt(conversation);
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['read']));
    expect(conversation.getSnapshot().firstUnreadKey).toBe(conversation.getSnapshot().messages[0]?.key);
    await conversation.sendText('Yes.');
    await eventually(() => expect(visitor.chat.getSnapshot().unread).toBe(1));
    await eventually(() => expect(conversation.getSnapshot().messages.at(-1)?.status).toBe('delivered'));
    lookAt(visitor.chat.conversation!);
    await eventually(() => expect(conversation.getSnapshot().messages.at(-1)?.status).toBe('read'));
    expect(visitor.chat.getSnapshot().unread).toBe(0);
  });

  it('see a message, but never `sent`, while the database is unavailable', async () => {
    const operator = openOperator();
    await connected(operator.chat);
    const visitor = await startVisitor();
    server.fault = (request) => (request.path === '/api/chat/messages' ? { code: 'unavailable' } : undefined);
    await visitor.chat.conversation!.sendText('Still here?');
    await eventually(() => expect(operator.chat.getSnapshot().conversations[0]?.preview?.text).toBe('Still here?'));
    await eventually(() => expect(visitor.chat.getSnapshot().savesFailing).toBe(true));
    expect(statuses(visitor.chat)).toEqual(['sending']);
    server.fault = () => undefined;
    await eventually(() => expect(statuses(visitor.chat)?.[0]).not.toBe('sending'));
    expect(visitor.chat.getSnapshot().savesFailing).toBe(false);
    await eventually(() => expect(seenBy(operator.chat)).toEqual(['Still here?']));
  });

  it('see each other typing', async () => {
    const operator = openOperator();
    await connected(operator.chat);
    const visitor = await startVisitor();
    const conversation = operator.chat.conversation(1);
    await visitor.chat.conversation!.sendText('Hello');
    await eventually(() => expect(operator.chat.getSnapshot().conversations).toHaveLength(1));
    visitor.chat.conversation!.setTyping(true);
    await eventually(() => expect(conversation.getSnapshot().peerTyping).toBe('Ada'));
    expect(operator.chat.getSnapshot().conversations[0]?.typing).toBe(true);
    await visitor.chat.conversation!.sendText('Done.');
    await eventually(() => expect(conversation.getSnapshot().peerTyping).toBeNull());
    conversation.setTyping(true);
    await eventually(() => expect(visitor.chat.conversation!.getSnapshot().peerTyping).toBe('Grace'));
    conversation.setTyping(false);
    await eventually(() => expect(visitor.chat.conversation!.getSnapshot().peerTyping).toBeNull());
  });

  it('exchange pictures by URL, never by bytes', async () => {
    const uploaded = { type: 'image', image: { url: expect.stringMatching(/^\/api\/chat\/uploads\//) } };
    const operator = openOperator();
    await connected(operator.chat);
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendImage(new Blob(['x'], { type: 'image/png' }), 'cat.png');
    await eventually(() => expect(operator.chat.conversation(1).getSnapshot().messages[0]?.body).toMatchObject(uploaded));
    await eventually(() => expect(statuses(visitor.chat)?.[0]).not.toBe('sending'));
    const relayed = relay.received.find(({ event }) => event === 'clientMessage');
    expect(JSON.stringify(relayed?.payload).length).toBeLessThan(500);
    // With an absolute URL, for front-ends on other sites.
    expect(relayed?.payload).toMatchObject({ image: expect.stringMatching(/^https:\/\/chat\.example\/api\/chat\/uploads\//) });
    await operator.chat.conversation(1).sendImage(new Blob(['y'], { type: 'image/png' }), 'dog.png');
    await eventually(() => expect(visitor.chat.conversation!.getSnapshot().messages[1]?.body).toMatchObject(uploaded));
    expect(relay.received.find(({ event }) => event === 'operatorMessage')?.payload).toMatchObject({
      image: expect.stringMatching(/^https:\/\/chat\.example\/api\/chat\/uploads\//),
    });
    await expect(visitor.chat.conversation!.sendImage(new Blob(['<svg/>'], { type: 'image/svg+xml' }), 'x.svg')).rejects.toMatchObject({
      problem: { key: 'not_a_picture' },
    });
  });

  it('continue after the connection was lost, and catch up with messages sent meanwhile', async () => {
    const operator = openOperator();
    await connected(operator.chat);
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('one');
    await eventually(() => expect(seenBy(operator.chat)).toEqual(['one']));
    await eventually(() => expect(server.clients.get(1)?.rows).toHaveLength(1));
    lookAt(operator.chat.conversation(1));
    const joins = relay.joins;
    relay.losesEvents = true;
    relay.cut();
    server.commit(1, { text: 'two', senderType: 'OPERATOR', ...GRACE, operatorName: 'Grace' });
    await eventually(() => expect(relay.joins).toBe(joins + 2));
    await eventually(() => expect(said(visitor.chat)).toEqual(['one', 'two']));
    await eventually(() => expect(seenBy(operator.chat)).toEqual(['one', 'two']));
    expect(visitor.arrivals.map(({ message }) => message.body.text)).toEqual(['two']);
    relay.losesEvents = false;
    await visitor.chat.conversation!.sendText('three');
    await eventually(() => expect(seenBy(operator.chat)).toEqual(['one', 'two', 'three']));
    // Handlers are registered once, after any number of reconnects.
    expect(operator.arrivals.filter(({ message }) => message.body.text === 'three')).toHaveLength(1);
  });

  it('end the conversation', async () => {
    const operator = openOperator();
    await connected(operator.chat);
    const own = newBrowser();
    const visitor = await startVisitor(own);
    await visitor.chat.conversation!.sendText('bye');
    await eventually(() => expect(operator.chat.getSnapshot().conversations).toHaveLength(1));
    await visitor.chat.end();
    expect(visitor.chat.getSnapshot().phase).toBe('idle');
    expect(own.storage.getItem(SESSION_KEY)).toBeNull();
    expect(server.clients.get(1)?.rows.map((row) => row.text)).toEqual(['bye']);
    expect(server.clients.get(1)?.endedAt).not.toBeNull();
    await eventually(() => expect(operator.chat.getSnapshot().conversations[0]?.endedAt).not.toBeNull());
  });
});

describe('two operators', () => {
  it("see each other's answers at once, with the right name", async () => {
    const grace = openOperator(GRACE);
    const alan = openOperator(ALAN);
    await Promise.all([connected(grace.chat), connected(alan.chat)]);
    const visitor = await startVisitor();
    await visitor.chat.conversation!.sendText('Who is there?');
    await eventually(() => expect([seenBy(grace.chat), seenBy(alan.chat)]).toEqual([['Who is there?'], ['Who is there?']]));
    await grace.chat.conversation(1).sendText('I am.');
    await eventually(() => expect(seenBy(alan.chat)).toEqual(['Who is there?', 'I am.']));
    const heard = alan.chat.conversation(1).getSnapshot().messages.at(-1);
    expect(heard).toMatchObject({ operatorName: 'Grace', own: false, status: null });
    // A colleague's message is not reported as an arrival.
    await eventually(() => expect(alan.arrivals.map(({ message }) => message.body.text)).toEqual(['Who is there?']));
  });
});

describe('snapshots', () => {
  it('keep their identity while nothing changes', async () => {
    const visitor = await startVisitor();
    const operator = openOperator();
    await connected(operator.chat);
    await visitor.chat.conversation!.sendText('one');
    await eventually(() => expect(operator.chat.conversation(1).getSnapshot().messages[0]?.seq).toBe(1));
    expect(visitor.chat.getSnapshot()).toBe(visitor.chat.getSnapshot());
    expect(operator.chat.getSnapshot()).toBe(operator.chat.getSnapshot());
    expect(operator.chat.conversation(1)).toBe(operator.chat.conversation(1));
    const before = operator.chat.conversation(1).getSnapshot();
    operator.tab.wake();
    operator.chat.conversation(1).setVisible(false);
    expect(operator.chat.conversation(1).getSnapshot()).toBe(before);
  });
});
