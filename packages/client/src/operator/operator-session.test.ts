import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { lookAt } from '../testing/look-at.ts';
import {
  ALAN,
  closeServers,
  connected,
  eventually,
  GRACE,
  openOperator,
  openServers,
  OperatorBrowser,
  relay,
  server,
  startVisitor,
} from '../testing/open-chats.ts';

beforeEach(openServers);
afterEach(closeServers);

const rows = () => server.clients.get(1)?.rows.map(({ text, operatorName }) => `${operatorName ?? 'Ada'}: ${text ?? ''}`);
const relayed = () => relay.received.filter(({ event }) => event === 'operatorMessage');

/** Grace's console in a browser of several people, with one visitor who has written. */
async function openShared() {
  const shared = new OperatorBrowser();
  const visitor = await startVisitor();
  await visitor.chat.conversation!.sendText('Hello?');
  const grace = openOperator(GRACE, shared);
  await connected(grace.chat);
  await eventually(() => expect(grace.chat.getSnapshot().conversations[0]?.address).toBeTruthy());
  return { shared, visitor, grace };
}

describe('a console in a browser in which another operator signs in', () => {
  it('names its operator in every request, uploads and reports included', async () => {
    const { grace } = await openShared();
    const conversation = grace.chat.conversation(1);
    lookAt(conversation);
    await conversation.sendText('Hi');
    await conversation.sendImage(new Blob(['x'], { type: 'image/png' }), 'a.png');
    await eventually(() => expect(rows()).toHaveLength(3));
    await eventually(() =>
      expect(server.requests.some(({ path, claimedOperator }) => path === '/api/chat/receipts' && claimedOperator !== null)).toBe(true),
    );
    await grace.chat.perform('POST /api/chat/block', { body: { clientId: 1, blocked: true } });
    grace.tab.leave();
    await eventually(() => expect(server.requests.some(({ path }) => path === '/api/chat/timings')).toBe(true));
    const own = server.requests.filter(({ actor }) => actor !== null && 'operatorId' in actor);
    expect(new Set(own.map(({ path }) => path))).toEqual(
      new Set(['token', 'recent', 'messages', 'receipts', 'uploads', 'block', 'timings'].map((name) => `/api/chat/${name}`)),
    );
    expect(own.filter(({ claimedOperator }) => claimedOperator !== '7')).toEqual([]);
  });

  it('sends nothing in the other operator’s name, says that somebody else is signed in, and sends everything when its own operator is back', async () => {
    const { grace, shared } = await openShared();
    server.fault = ({ path, method }) => (path === '/api/chat/messages' && method === 'POST' ? 'refuse' : undefined);
    await grace.chat.conversation(1).sendText('Written by Grace');
    shared.sign(ALAN);
    await eventually(() => expect(grace.chat.getSnapshot()).toMatchObject({ signedOut: true, somebodyElse: true }));
    server.fault = () => undefined;
    await eventually(() => expect(grace.chat.getSnapshot().connection).not.toBe('connected'));
    const heard = relayed().length;
    await grace.chat.conversation(1).sendText('Typed as the dialog came');
    const alan = openOperator(ALAN, shared);
    await connected(alan.chat);
    await alan.chat.conversation(1).sendText('Written by Alan');
    await eventually(() => expect(rows()).toEqual(['Ada: Hello?', 'Alan: Written by Alan']));
    grace.tab.wake();
    await eventually(() =>
      expect(
        grace.chat
          .conversation(1)
          .getSnapshot()
          .messages.filter(({ status }) => status === 'sending'),
      ).toHaveLength(2),
    );
    expect(relayed().length).toBe(heard + 1);

    shared.sign(GRACE);
    await eventually(() =>
      expect(grace.chat.getSnapshot()).toMatchObject({ signedOut: false, somebodyElse: false, connection: 'connected' }),
    );
    await eventually(() =>
      expect(rows()).toEqual(['Ada: Hello?', 'Alan: Written by Alan', 'Grace: Written by Grace', 'Grace: Typed as the dialog came']),
    );
    await eventually(() => expect(alan.chat.getSnapshot()).toMatchObject({ signedOut: true, somebodyElse: true }));
    expect(rows()).toHaveLength(4);
  });

  it('notices at its first request, when it was asleep during the change', async () => {
    const { grace, shared } = await openShared();
    relay.cut();
    shared.cookie = ALAN;
    await grace.chat.conversation(1).sendText('Typed after waking up');
    await eventually(() => expect(grace.chat.getSnapshot()).toMatchObject({ signedOut: true, somebodyElse: true }));
    expect(grace.chat.getSnapshot().connection).not.toBe('connected');
    expect(rows()).toEqual(['Ada: Hello?']);
    shared.cookie = GRACE;
    grace.tab.wake();
    await eventually(() => expect(rows()).toEqual(['Ada: Hello?', 'Grace: Typed after waking up']));
    await connected(grace.chat);
  });

  it('does not use somebody else’s relay token', async () => {
    const shared = new OperatorBrowser();
    // A server of the build before, which does not look at whom the page belongs to.
    const asked = shared.fetch;
    const blind = (path: string, init: RequestInit) => {
      const headers = new Headers(init.headers);
      headers.delete('x-switchboard-operator');
      return asked(path, { ...init, headers });
    };
    shared.cookie = ALAN;
    const grace = openOperator(GRACE, Object.assign(shared, { fetch: blind }));
    await eventually(() => expect(grace.chat.getSnapshot().somebodyElse).toBe(true));
    expect(relay.joins).toBe(0);
  });

  it('distinguishes being signed out from somebody else being signed in', async () => {
    const { grace, shared } = await openShared();
    shared.sign(undefined);
    await eventually(() => expect(grace.chat.getSnapshot()).toMatchObject({ signedOut: true, somebodyElse: false }));
    shared.sign(ALAN);
    await eventually(() => expect(grace.chat.getSnapshot()).toMatchObject({ signedOut: true, somebodyElse: true }));
  });
});
