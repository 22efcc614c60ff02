import { afterEach, describe, expect, it } from 'vitest';

import { MAX_CONNECTIONS_PER_IDENTITY } from './handshake.ts';
import { createNewcomerLimit } from './newcomer-limit.ts';
import { type RawPeer, rawWebSocket } from '../testing/raw-peer.ts';
import { startRelay, type TestRelay } from '../testing/test-relay.ts';

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

describe('the relay limits connections', () => {
  it('without a token by IP address: one more is refused until another one closes, other addresses are unaffected', async () => {
    const relay = await start({ maxConnectionsPerAddress: 2, trustedHops: 1 });
    const [first] = [await relay.connect(undefined, from('203.0.113.1')), await relay.connect(undefined, from('203.0.113.1'))];
    await expect(relay.connect(undefined, from('203.0.113.1'))).rejects.toMatchObject({
      message: 'Too many connections',
      data: { code: 'rate_limited', retryable: true },
    });
    // A client at the same address has a token, another one has another address.
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

  it('whatever X-Forwarded-For says, unless a trusted proxy has written it', async () => {
    const relay = await start({ maxConnectionsPerAddress: 2 });
    await relay.connect(undefined, from('203.0.113.1'));
    await relay.connect(undefined, from('203.0.113.2'));
    await expect(relay.connect(undefined, from('203.0.113.3'))).rejects.toMatchObject({ message: 'Too many connections' });
    const behindOne = await start({ maxConnectionsPerAddress: 2, trustedHops: 1 });
    await behindOne.connect(undefined, from('6.6.6.1, 203.0.113.1'));
    await behindOne.connect(undefined, from('6.6.6.2, 203.0.113.1'));
    await expect(behindOne.connect(undefined, from('6.6.6.3, 203.0.113.1'))).rejects.toMatchObject({ message: 'Too many connections' });
  });

  it('by person', async () => {
    const relay = await start();
    const token = await relay.mint({ role: 'client', id: 1, name: 'Anna', sessionId: ANNA });
    await Promise.all(Array.from({ length: MAX_CONNECTIONS_PER_IDENTITY }, async () => await relay.connect(token)));
    await expect(relay.connect(token)).rejects.toMatchObject({ message: 'Too many connections' });
    await relay.operator(1, 'Maya');
  });

  it('in total: one more is refused with a time to retry, over both transports', async () => {
    const relay = await start({ maxConnections: 2 });
    await relay.operator(1, 'Maya');
    const polling = await relay.connect(undefined, { transports: ['polling'] });
    await expect(relay.connect()).rejects.toThrow('websocket error');
    const refused = await fetch(`${relay.url}/chat/?EIO=4&transport=polling`);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: 'unavailable', retryable: true } });
    // Existing connections are unaffected.
    expect(await polling.ask('join', { role: 'client', name: 'Ben' })).toMatchObject({ ok: true });
    expect(await relay.metrics()).toContain('relay_connections_refused_total{why="node",service="relay"} 2');
  });
});

describe('the relay limits senders without a token', () => {
  it('together by IP address, and does not count senders with a token', async () => {
    const relay = await start({ trustedHops: 1 }, { rateLimits: { message: 1, typing: 1_000, lifecycle: 1_000 }, rateClock: () => 0 });
    const peers = await Promise.all(
      Array.from({ length: 25 }, async () => {
        const peer = await relay.connect(undefined, from('203.0.113.1'));
        await peer.ask('join', { role: 'client', name: 'x' });
        return peer;
      }),
    );
    const anna = await relay.connect(await relay.mint({ role: 'client', id: 1, name: 'Anna', sessionId: ANNA }), from('203.0.113.1'));
    await anna.ask('join', { role: 'client', name: 'Anna' });
    const say = { type: 'text', message: 'Hi' };
    const answers = await Promise.all(peers.map(async (peer) => await peer.ask('clientMessage', say)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(20);
    expect(await anna.ask('clientMessage', say)).toMatchObject({ ok: true });
  });
});

describe('the relay limits the bytes of senders without a token', () => {
  const picture = (bytes: number) => ({ type: 'image', image: `data:image/png;base64,${'A'.repeat(bytes)}` });

  it('for one event, more tightly than those of senders with a token', async () => {
    const relay = await start();
    const [stranger, anna] = [await relay.anonymous('x'), await relay.visitor(ANNA, 'Anna')];
    expect(await stranger.ask('clientMessage', picture(60_000))).toMatchObject({ ok: true });
    expect(await stranger.ask('clientMessage', picture(70_000))).toMatchObject({
      ok: false,
      error: { code: 'too_large', message: 'The event is too large: at most 65536 bytes are allowed without a token.' },
    });
    expect(await anna.ask('clientMessage', picture(900_000))).toMatchObject({ ok: true });
  });

  it('in a second, together by IP address', async () => {
    const relay = await start({ trustedHops: 1 }, { rateClock: () => 0 });
    const maya = await relay.operator(1, 'Maya');
    const join = async (address: string) => {
      const peer = await relay.connect(undefined, from(address));
      await peer.ask('join', { role: 'client', name: 'x' });
      return peer;
    };
    const peers = await Promise.all(Array.from({ length: 20 }, async () => await join('203.0.113.1')));
    const answers = await Promise.all(peers.map(async (peer) => await peer.ask('clientMessage', picture(60_000))));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(4);
    expect(await (await join('198.51.100.1')).ask('clientMessage', picture(60_000))).toMatchObject({ ok: true });
    await maya.settled();
    expect(maya.of('incomingMessage')).toHaveLength(5);
  });
});

describe('the relay limits new visitors without a token', () => {
  it('by IP address and minute; other addresses, existing visitors and those with a token are unaffected', async () => {
    let now = 0;
    const relay = await start({ trustedHops: 1, newcomersPerMinute: 2 }, { rateClock: () => now });
    const maya = await relay.operator(1, 'Maya');
    const come = async (address: string) => {
      const peer = await relay.connect(undefined, from(address));
      return { peer, answer: await peer.ask('join', { role: 'client', name: 'x' }) };
    };
    const peers = [];
    for (let count = 0; count < 30; count += 1) {
      now += 1_001;
      peers.push(await come('203.0.113.1'));
    }
    const [inside, refused] = [peers.filter(({ answer }) => answer.ok), peers.filter(({ answer }) => !answer.ok)];
    // Ten minutes' worth at once; half a minute does not add a whole one.
    expect(inside).toHaveLength(20);
    expect(refused[0]?.answer).toMatchObject({ ok: false, error: { code: 'rate_limited', retryable: true } });
    expect(await refused[0]?.peer.ask('clientMessage', { type: 'text', message: 'Hi' })).toMatchObject({ error: { code: 'not_joined' } });
    expect((await come('198.51.100.1')).answer).toMatchObject({ ok: true });
    expect(await inside[0]?.peer.ask('join', { role: 'client', name: 'again' })).toMatchObject({ ok: true });
    const anna = await relay.connect(await relay.mint({ role: 'client', id: 1, name: 'Anna', sessionId: ANNA }), from('203.0.113.1'));
    expect(await anna.ask('join', { role: 'client', name: 'Anna' })).toMatchObject({ ok: true });
    now += 60_000;
    expect(await refused[0]?.peer.ask('join', { role: 'client', name: 'later' })).toMatchObject({ ok: true });
    await maya.settled();
    expect(maya.of('newChat')).toHaveLength(20 + 4);
  });

  it('and forgets IP addresses after some time', () => {
    let now = 0;
    const limit = createNewcomerLimit(10, () => now);
    for (let address = 0; address < 100; address += 1) limit.count(`203.0.113.${address}`);
    limit.sweep();
    expect(limit.size).toBe(100);
    now += 6_001;
    limit.sweep();
    expect(limit.size).toBe(0);
  });
});

describe('silent connections', () => {
  const raws: RawPeer[] = [];
  afterEach(() => {
    for (const raw of raws.splice(0)) raw.socket.destroy();
  });
  const silent = async (relay: TestRelay, forwardedFor: string): Promise<RawPeer> => {
    const peer = await rawWebSocket(relay.url, { forwardedFor });
    raws.push(peer);
    await expect.poll(() => peer.heard().includes('pingInterval') || peer.isOver()).toBe(true);
    return peer;
  };
  const alive = () => raws.filter((raw) => !raw.isOver()).length;
  const anna = async (relay: TestRelay) => await relay.mint({ role: 'client', id: 1, name: 'Anna', sessionId: ANNA });

  it('of one IP address are limited, and do not keep out others, not even from that address', async () => {
    const relay = await start({ maxConnections: 40, maxConnectionsPerAddress: 5, trustedHops: 1 });
    for (let count = 0; count < 60; count += 1) await silent(relay, '203.0.113.1');
    await expect.poll(alive).toBe(5);
    for (const address of ['203.0.113.1', '203.0.113.2'])
      expect((await relay.connect(await anna(relay), from(address))).socket.connected).toBe(true);
    await relay.connect(undefined, from('203.0.113.1'));
    expect(await relay.metrics()).toMatch(/relay_connections_refused_total\{why="pending",service="relay"\} 5\d/);
  });

  it('of many IP addresses do not keep out others: the oldest ones are displaced', async () => {
    const relay = await start({ maxConnections: 40, maxConnectionsPerAddress: 5, trustedHops: 1 });
    for (let count = 0; count < 60; count += 1) await silent(relay, `203.0.113.${count}`);
    await expect.poll(alive).toBe(10);
    for (let tab = 0; tab < 10; tab += 1) await relay.connect(await anna(relay), from('198.51.100.1'));
    await relay.connect(undefined, from('198.51.100.2'));
  });

  it('are limited over polling, too', async () => {
    const relay = await start({ maxConnections: 40, maxConnectionsPerAddress: 5, trustedHops: 1 });
    const sids: string[] = [];
    for (let count = 0; count < 20; count += 1) {
      const text = await (
        await fetch(`${relay.url}/chat/?EIO=4&transport=polling`, { headers: { 'x-forwarded-for': '203.0.113.1' } })
      ).text();
      sids.push((JSON.parse(text.slice(1)) as { sid: string }).sid);
    }
    const answers = await Promise.all(
      sids.map(async (sid) => (await fetch(`${relay.url}/chat/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: '3' })).status),
    );
    expect(answers.filter((status) => status === 200)).toHaveLength(5);
    expect(answers.slice(15)).toEqual([200, 200, 200, 200, 200]);
    await relay.connect(await anna(relay), { transports: ['polling'], ...from('203.0.113.1') });
  });

  it('are ended after some seconds, with their TCP connections', async () => {
    const relay = await start();
    const peer = await silent(relay, '');
    const polling = JSON.parse((await (await fetch(`${relay.url}/chat/?EIO=4&transport=polling`)).text()).slice(1)) as { sid: string };
    await expect.poll(() => peer.isOver()).toBe(true);
    // The closing frame came before.
    expect(peer.heard().endsWith('\u0088\u0000')).toBe(true);
    await expect.poll(async () => (await fetch(`${relay.url}/chat/?EIO=4&transport=polling&sid=${polling.sid}`)).status).toBe(400);
  });
});

it('the relay keeps half of its connections for clients with a token', async () => {
  const relay = await start({ maxConnections: 8, trustedHops: 1 });
  for (let address = 0; address < 4; address += 1) await relay.connect(undefined, from(`203.0.113.${address}`));
  await expect(relay.connect(undefined, from('198.51.100.1'))).rejects.toMatchObject({
    message: 'Too many connections',
    data: { code: 'rate_limited' },
  });
  await relay.operator(1, 'Maya');
  await relay.visitor(ANNA, 'Anna');
  expect(await relay.metrics()).toContain('relay_connections_refused_total{why="anonymous",service="relay"} 1');
});

it('the relay closes a refused connection', async () => {
  const relay = await start();
  const peer = await rawWebSocket(relay.url);
  await expect.poll(() => peer.heard()).toContain('pingInterval');
  peer.say('40{"token":"nonsense"}');
  await expect.poll(() => peer.heard()).toContain('44{"message":"Invalid token"');
  await expect.poll(() => peer.isOver()).toBe(true);
});
