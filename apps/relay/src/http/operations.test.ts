import { connect } from 'node:net';

import { describe, expect, it } from 'vitest';

import type { TestRelay } from '../testing/test-relay.ts';
import { useRelays } from '../testing/use-relays.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const BEN = '0b0e7a55-5d1f-4d55-9a64-6b8b3e9d7c02';
const CHANGED = { event: 'conversationChanged', clientId: ANNA, lastSeq: 7 };
const SEEN = { event: 'messagesSeen', clientId: ANNA, by: 'operator', deliveredSeq: 7, readSeq: 6 };

const start = useRelays();

async function post(relay: TestRelay, body: string, authorization?: string) {
  const response = await fetch(`${relay.url}/hints`, {
    method: 'POST',
    body,
    headers: authorization === undefined ? {} : { authorization },
  });
  return { status: response.status, body: await response.json() };
}
const valueOf = (metrics: string, name: string) => Number(new RegExp(`^switchboard_${name}\\{.*\\} (.*)$`, 'm').exec(metrics)?.[1]);
const service = async (relay: TestRelay) => `Bearer ${await relay.mint({ role: 'service', id: 0, name: 'web' })}`;

describe('POST /hints', () => {
  it('reaches all operators and every tab of that visitor, nobody else, and returns their number', async () => {
    const relay = await start();
    const [maya, tab1, tab2, ben] = [
      await relay.operator(1, 'Maya'),
      await relay.visitor(ANNA, 'Anna'),
      await relay.visitor(ANNA, 'Anna'),
      await relay.visitor(BEN, 'Ben'),
    ];
    expect(await post(relay, JSON.stringify(CHANGED), await service(relay))).toMatchObject({ status: 202, body: { delivered: 3 } });
    expect(await post(relay, JSON.stringify([CHANGED, SEEN]), await service(relay))).toMatchObject({ status: 202, body: { delivered: 6 } });
    await Promise.all([maya, tab1, tab2, ben].map(async (peer) => await peer.settled()));
    const { event: _changed, ...changed } = CHANGED;
    const { event: _seen, ...seen } = SEEN;
    for (const peer of [maya, tab1, tab2]) {
      expect(peer.of('conversationChanged')).toEqual([changed, changed]);
      expect(peer.of('messagesSeen')).toEqual([seen]);
    }
    expect(ben.received).toEqual([]);
    const metrics = await relay.metrics();
    expect(metrics).toMatch(/relay_hints_total\{event="conversationChanged",service="relay"\} 2/);
  });

  it('says to operators what has changed, and to the visitor only that something has', async () => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    const hint = { ...CHANGED, visitorChanged: true, what: ['done', 'a kind of a later version'] };
    expect(await post(relay, JSON.stringify(hint), await service(relay))).toMatchObject({ status: 202, body: { delivered: 2 } });
    await Promise.all([maya, anna].map(async (peer) => await peer.settled()));
    const { event: _event, what, ...rest } = hint;
    expect(maya.of('conversationChanged')).toEqual([{ ...rest, what }]);
    expect(anna.of('conversationChanged')).toEqual([rest]);
  });

  it('does not notify the visitor of activity alone: they must not even learn when somebody wrote a note', async () => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    const whats = [['activity'], ['messages', 'activity'], []];
    const hints = whats.map((what) => JSON.stringify({ ...CHANGED, what }));
    expect(await post(relay, `[${hints.join()}]`, await service(relay))).toMatchObject({ status: 202, body: { delivered: 5 } });
    await Promise.all([maya, anna].map(async (peer) => await peer.settled()));
    const { event: _event, ...rest } = CHANGED;
    expect(maya.of('conversationChanged')).toEqual(whats.map((what) => expect.objectContaining({ ...rest, what })));
    expect(anna.of('conversationChanged')).toEqual([rest, rest]);
  });

  it('notifies the operators, and nobody else, when a visitor has ended the chat', async () => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    const hint = { event: 'chatEnded', clientId: ANNA };
    expect(await post(relay, JSON.stringify(hint), await service(relay))).toMatchObject({ status: 202, body: { delivered: 1 } });
    await Promise.all([maya, anna].map(async (peer) => await peer.settled()));
    expect(maya.of('chatEnded')).toEqual([{ clientId: ANNA }]);
    expect(anna.received).toEqual([]);
  });

  it.each<[string, (relay: TestRelay) => string | undefined | Promise<string>, number, string]>([
    ['nothing', () => undefined, 401, 'unauthenticated'],
    ['another scheme', () => 'Basic YTpi', 401, 'unauthenticated'],
    ['what is no token', () => 'Bearer hello', 401, 'unauthenticated'],
    ["an operator's token", async (relay) => `Bearer ${await relay.mint({ role: 'operator', id: 1, name: 'Maya' })}`, 403, 'forbidden'],
    [
      "a visitor's token",
      async (relay) => `Bearer ${await relay.mint({ role: 'client', id: 1, name: 'A', sessionId: ANNA })}`,
      403,
      'forbidden',
    ],
  ])('shown %s is refused, and reaches nobody', async (_what, authorization, status, code) => {
    const relay = await start();
    const maya = await relay.operator(1, 'Maya');
    expect(await post(relay, JSON.stringify(CHANGED), await authorization(relay))).toMatchObject({ status, body: { error: { code } } });
    await maya.settled();
    expect(maya.received).toEqual([]);
    expect(await relay.metrics()).toMatch(/relay_tokens_refused_total\{at="hints",service="relay"\} 1/);
  });

  it.each([
    ['no JSON', '{', 400],
    ['an unknown event', JSON.stringify({ ...CHANGED, event: 'incomingMessage' }), 400],
    ['a number that is none', JSON.stringify({ ...CHANGED, lastSeq: 'x' }), 400],
    ['no hint at all', '[]', 400],
    ['changes that are no list', JSON.stringify({ ...CHANGED, what: 'done' }), 400],
    ['a change without a name', JSON.stringify({ ...CHANGED, what: [''] }), 400],
    ['the name of a change that is too long', JSON.stringify({ ...CHANGED, what: ['x'.repeat(33)] }), 400],
    ['too many changes', JSON.stringify({ ...CHANGED, what: Array.from({ length: 17 }, () => 'done') }), 400],
    ['more than a hundred', JSON.stringify(Array.from({ length: 101 }, () => CHANGED)), 400],
    ['one bad among good ones', JSON.stringify([CHANGED, {}]), 400],
    ['more than 64 KiB', JSON.stringify({ ...CHANGED, junk: 'x'.repeat(70_000) }), 413],
  ])('with %s is refused, and reaches nobody', async (_what, body, status) => {
    const relay = await start();
    const maya = await relay.operator(1, 'Maya');
    expect(await post(relay, body, await service(relay))).toMatchObject({ status, body: { error: { retryable: false } } });
    await maya.settled();
    expect(maya.received).toEqual([]);
  });

  it('with an endless body is answered before its end', async () => {
    const relay = await start();
    const { hostname, port } = new URL(relay.url);
    const connection = connect(Number(port), hostname);
    let heard = '';
    connection.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
    connection.write(`POST /hints HTTP/1.1\r\nHost: relay\r\nAuthorization: ${await service(relay)}\r\nContent-Length: 100000000\r\n\r\n`);
    connection.write('x'.repeat(70_000));
    await expect.poll(() => heard).toContain('HTTP/1.1 413');
    expect(heard).toContain('"code":"too_large"');
    connection.destroy();
  });

  it('returns the name of the relay process, which is another one after a restart', async () => {
    const [relay, other] = [await start(), await start()];
    const nodeOf = async (asked: TestRelay) => (await post(asked, JSON.stringify(CHANGED), await service(asked))).body as { node: string };
    const { node } = await nodeOf(relay);
    expect(node).toMatch(/^[\da-f-]{36}$/);
    expect((await nodeOf(relay)).node).toBe(node);
    expect((await nodeOf(other)).node).not.toBe(node);
  });

  it('relays only the fields of the hint', async () => {
    const relay = await start();
    const maya = await relay.operator(1, 'Maya');
    await post(relay, JSON.stringify({ ...CHANGED, text: 'secret' }), await service(relay));
    await maya.settled();
    expect(maya.of('conversationChanged')).toEqual([{ clientId: ANNA, lastSeq: 7 }]);
  });
});

describe('operations', () => {
  it('/livez and /readyz answer that the relay is ready', async () => {
    const relay = await start();
    for (const path of ['/livez', '/readyz']) {
      const response = await fetch(relay.url + path);
      expect([path, response.status, await response.json()]).toMatchObject([path, 200, { ok: true }]);
    }
  });

  it('/metrics counts connections by role and relayed events by kind', async () => {
    const relay = await start();
    await relay.operator(1, 'Maya');
    await relay.operator(1, 'Maya');
    const anna = await relay.visitor(ANNA, 'Anna');
    await relay.connect();
    await anna.ask('clientMessage', { type: 'text', message: 'Hi' });
    const metrics = await relay.metrics();
    expect(metrics).toContain('switchboard_relay_connections{role="operator",service="relay"} 2');
    expect(metrics).toContain('switchboard_relay_connections{role="client",service="relay"} 1');
    expect(metrics).toContain('switchboard_relay_connections{role="none",service="relay"} 1');
    expect(metrics).toContain('switchboard_relay_events_relayed_total{event="clientMessage",service="relay"} 1');
    anna.socket.disconnect();
    await expect.poll(async () => await relay.metrics()).toContain('switchboard_relay_connections{role="client",service="relay"} 0');
  });

  it('/metrics reports the times of events and the bytes of connections', async () => {
    const relay = await start();
    const anna = await relay.visitor(ANNA, 'Anna');
    await anna.ask('clientMessage', { type: 'text', message: 'x'.repeat(5_000) });
    await anna.ask('clientMessage', { type: 'text' });
    const metrics = await relay.metrics();
    // The join and the message; the refused event was not relayed.
    expect(metrics).toContain('switchboard_relay_event_seconds_count{service="relay"} 2');
    expect(valueOf(metrics, 'relay_event_seconds_sum')).toBeGreaterThan(0);
    expect(metrics).toContain('switchboard_relay_events_refused_total{code="invalid_request",service="relay"} 1');
    const received = valueOf(metrics, 'relay_received_bytes_total');
    expect(received).toBeGreaterThan(5_000);
    expect(valueOf(metrics, 'relay_sent_bytes_total')).toBeGreaterThan(100);
    anna.socket.disconnect();
    await expect.poll(async () => await relay.metrics()).toContain('switchboard_relay_connections{role="client",service="relay"} 0');
    expect(valueOf(await relay.metrics(), 'relay_received_bytes_total')).toBeGreaterThanOrEqual(received);
  });

  it('/metrics is available to nearby machines, but not through a proxy', async () => {
    const relay = await start();
    for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded']) {
      const response = await fetch(`${relay.url}/metrics`, { headers: { [header]: '10.0.0.1' } });
      expect([header, response.status, await response.json()]).toMatchObject([header, 403, { error: { code: 'forbidden' } }]);
    }
  });

  it('/metrics requires the token if there is one', async () => {
    const relay = await start({ metricsToken: 'the-metrics-token' });
    const ask = async (headers: Record<string, string>) => (await fetch(`${relay.url}/metrics`, { headers })).status;
    expect(await ask({})).toBe(401);
    expect(await ask({ authorization: 'Bearer something-else' })).toBe(401);
    expect(await ask({ authorization: 'Bearer the-metrics-token', 'x-forwarded-for': '203.0.113.5' })).toBe(200);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/hints'],
    ['POST', '/livez'],
    ['GET', '/chat'],
    ['GET', '//constructor'],
  ])('%s %s is not found', async (method, path) => {
    const relay = await start();
    const response = await fetch(relay.url + path, { method });
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'not_found' } }]);
  });
});

describe('when it stops', () => {
  it('every connection ends in a way that makes clients reconnect, and the port is released', async () => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.connect(undefined, { transports: ['polling'] })];
    const reasons = Promise.all([maya, anna].map(async (peer) => await new Promise((resolve) => peer.socket.once('disconnect', resolve))));
    await relay.stop();
    for (const reason of await reasons) expect(['transport close', 'transport error']).toContain(reason);
    await expect(fetch(`${relay.url}/livez`)).rejects.toThrow('fetch failed');
  });

  it('/readyz reports it on connections that are still open', async () => {
    const relay = await start();
    // A request whose body is incomplete keeps its connection.
    const { hostname, port } = new URL(relay.url);
    const connection = connect(Number(port), hostname);
    let heard = '';
    connection.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
    connection.write(`POST /hints HTTP/1.1\r\nHost: relay\r\nAuthorization: ${await service(relay)}\r\nContent-Length: 2\r\n\r\n`);
    await expect.poll(async () => (await fetch(`${relay.url}/livez`)).ok).toBe(true);
    const stopped = relay.stop();
    connection.write('[]GET /readyz HTTP/1.1\r\nHost: relay\r\n\r\n');
    await expect.poll(() => heard).toContain('HTTP/1.1 503');
    expect(heard).toContain('{"ok":false,"checks":{"accepting":"stopping"}}');
    connection.destroy();
    await stopped;
  });
});
