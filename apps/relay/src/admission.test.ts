import { connect } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { Crowd } from './crowd.ts';
import { MAX_CONNECTIONS_PER_IDENTITY } from './handshake.ts';
import { startRelay, type TestRelay } from './testing/test-relay.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const relays: TestRelay[] = [];
afterEach(async () => {
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
});

async function start(...given: Parameters<typeof startRelay>): Promise<TestRelay> {
  const relay = await startRelay(...given);
  relays.push(relay);
  return relay;
}

const from = (address: string) => ({ extraHeaders: { 'x-forwarded-for': address } });

describe('too many connections', () => {
  it('without a token from one address: the next one is refused, others are not, and one that closes makes room', async () => {
    const relay = await start({ maxConnectionsPerAddress: 2, trustedHops: 1 });
    const [first] = [await relay.connect(undefined, from('203.0.113.1')), await relay.connect(undefined, from('203.0.113.1'))];
    await expect(relay.connect(undefined, from('203.0.113.1'))).rejects.toMatchObject({
      message: 'Too many connections',
      data: { code: 'rate_limited', retryable: true },
    });
    // A colleague in the same office has a token, somebody else another address.
    await relay.connect(await relay.mint({ role: 'operator', id: 1, name: 'Maya' }), from('203.0.113.1'));
    await relay.connect(undefined, from('203.0.113.2'));
    expect(await relay.metrics()).toContain('relay_connections_refused_total{why="address",service="relay"} 1');
    first.socket.disconnect();
    await expect
      .poll(
        async () =>
          await relay.connect(undefined, from('203.0.113.1')).then(
            () => true,
            () => false,
          ),
      )
      .toBe(true);
  });

  it('are not hidden by an X-Forwarded-For that nobody of ours has written', async () => {
    const relay = await start({ maxConnectionsPerAddress: 2 });
    await relay.connect(undefined, from('203.0.113.1'));
    await relay.connect(undefined, from('203.0.113.2'));
    await expect(relay.connect(undefined, from('203.0.113.3'))).rejects.toMatchObject({ message: 'Too many connections' });
    const behindOne = await start({ maxConnectionsPerAddress: 2, trustedHops: 1 });
    await behindOne.connect(undefined, from('6.6.6.1, 203.0.113.1'));
    await behindOne.connect(undefined, from('6.6.6.2, 203.0.113.1'));
    await expect(behindOne.connect(undefined, from('6.6.6.3, 203.0.113.1'))).rejects.toMatchObject({ message: 'Too many connections' });
  });

  it('of one person', async () => {
    const relay = await start();
    const token = await relay.mint({ role: 'client', id: 1, name: 'Anna', sessionId: ANNA });
    await Promise.all(Array.from({ length: MAX_CONNECTIONS_PER_IDENTITY }, async () => await relay.connect(token)));
    await expect(relay.connect(token)).rejects.toMatchObject({ message: 'Too many connections' });
    await relay.operator(1, 'Maya');
  });

  it('for this node: the next one is told to come back, by either transport', async () => {
    const relay = await start({ maxConnections: 2 });
    await relay.operator(1, 'Maya');
    const polling = await relay.connect(undefined, { transports: ['polling'] });
    await expect(relay.connect()).rejects.toThrow('websocket error');
    const refused = await fetch(`${relay.url}/chat/?EIO=4&transport=polling`);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: 'unavailable', retryable: true } });
    // Those inside go on.
    expect(await polling.ask('join', { role: 'client', name: 'Ben' })).toMatchObject({ ok: true });
    expect(await relay.metrics()).toContain('relay_connections_refused_total{why="node",service="relay"} 2');
  });
});

describe('senders without a token', () => {
  it('are limited together when they come from one address, whoever has a token is not among them', async () => {
    const relay = await start({ trustedHops: 1 }, { paces: { message: 1, typing: 1_000, lifecycle: 1_000 }, rateClock: () => 0 });
    const crowd = await Promise.all(
      Array.from({ length: 25 }, async () => {
        const peer = await relay.connect(undefined, from('203.0.113.1'));
        await peer.ask('join', { role: 'client', name: 'x' });
        return peer;
      }),
    );
    const anna = await relay.connect(await relay.mint({ role: 'client', id: 1, name: 'Anna', sessionId: ANNA }), from('203.0.113.1'));
    await anna.ask('join', { role: 'client', name: 'Anna' });
    const say = { type: 'text', message: 'Hi' };
    const answers = await Promise.all(crowd.map(async (peer) => await peer.ask('clientMessage', say)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(20);
    expect(await anna.ask('clientMessage', say)).toMatchObject({ ok: true });
  });
});

it('a line on which nobody says who it is ends', async () => {
  const relay = await start();
  const { hostname, port } = new URL(relay.url);
  const silent = connect(Number(port), hostname);
  const heard: Buffer[] = [];
  silent.on('data', (chunk) => heard.push(chunk));
  silent.write(
    'GET /chat/?EIO=4&transport=websocket HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  // The head of a frame that closes.
  await expect.poll(() => Buffer.concat(heard).includes(Buffer.from([0x88, 0x00]))).toBe(true);
  silent.destroy();
});

it('counts a connection once, and forgets it when it closes', () => {
  const crowd = new Crowd();
  const closers: (() => void)[] = [];
  const connection = () => ({ once: (_event: 'close', listener: () => void) => void closers.push(listener) });
  const [a, b] = [connection(), connection()];
  expect([crowd.admit(a, 'x', 1), crowd.admit(a, 'x', 1), crowd.admit(b, 'x', 1)]).toEqual([true, true, false]);
  for (const close of closers) close();
  expect(crowd.size).toBe(0);
  expect(crowd.admit(b, 'x', 1)).toBe(true);
});
