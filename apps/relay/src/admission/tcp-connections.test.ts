import { afterEach, describe, expect, it } from 'vitest';

import { type RawPeer, rawPeer } from '../testing/raw-peer.ts';
import { startRelay, type TestRelay } from '../testing/test-relay.ts';

const relays: TestRelay[] = [];
const raws: RawPeer[] = [];
afterEach(async () => {
  for (const raw of raws.splice(0)) raw.socket.destroy();
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
});

async function start(...given: Parameters<typeof startRelay>): Promise<TestRelay> {
  const relay = await startRelay(...given);
  relays.push(relay);
  return relay;
}

async function open(relay: TestRelay, said = ''): Promise<RawPeer> {
  const peer = await rawPeer(relay.url);
  raws.push(peer);
  if (said !== '') peer.write(said);
  return peer;
}

const GET = 'GET /livez HTTP/1.1\r\nHost: relay\r\n\r\n';
const ends = async (peer: RawPeer) => await expect.poll(() => peer.isOver()).toBe(true);

it('the relay closes TCP connections without a complete request, the first or a later one, and keeps those that were served', async () => {
  const relay = await start();
  const [silent, half, second, served] = [
    await open(relay),
    await open(relay, 'GET /livez HTTP/1.1\r\nX-A: '),
    await open(relay, GET),
    await open(relay, GET),
  ];
  await expect.poll(() => second.heard()).toContain('{"ok":true}');
  second.write('GET /livez HTTP/1.1\r\nX-A: ');
  const dripping = setInterval(() => [half, second].forEach((peer) => peer.write('a')), 200);
  await Promise.all([silent, half, second].map(ends));
  clearInterval(dripping);
  expect(served.isOver()).toBe(false);
  served.write(GET);
  await expect.poll(() => served.heard().split('{"ok":true}')).toHaveLength(3);
  expect(await relay.metrics()).toContain('switchboard_relay_tcp_connections_cut_total{why="silent",service="relay"} 2');
});

it('the relay keeps idle connections longer than proxies, and announces it', async () => {
  const relay = await start();
  const peer = await open(relay, GET);
  await expect.poll(() => peer.heard()).toMatch(/keep-alive: timeout=(?:7[6-9]|[89]\d)\r/i);
});

it('silent connections of an IP address do not keep out others: the oldest ones are closed', async () => {
  const relay = await start();
  for (let count = 0; count < 300; count += 1) await open(relay);
  await expect.poll(() => raws.filter((raw) => !raw.isOver()).length).toBe(200);
  expect(raws.slice(0, 100).every((raw) => raw.isOver())).toBe(true);
  expect((await fetch(`${relay.url}/livez`)).status).toBe(200);
  expect(await relay.metrics()).toMatch(/relay_tcp_connections_cut_total\{why="address",service="relay"\} 10\d\n/);
});

it('the relay limits connections that were served, too', async () => {
  const relay = await start({ maxConnectionsPerAddress: 40 });
  for (let count = 0; count < 100; count += 1) {
    const peer = await open(relay, GET);
    await expect.poll(() => peer.heard()).toContain('{"ok":true}');
  }
  await expect.poll(() => raws.filter((raw) => !raw.isOver()).length).toBe(80);
  await relay.operator(1, 'Maya');
});

it('the relay does not limit the connections of a proxy by IP address', async () => {
  const relay = await start({ trustedHops: 1 });
  for (let count = 0; count < 300; count += 1) await open(relay);
  expect((await fetch(`${relay.url}/livez`)).status).toBe(200);
  expect(raws.filter((raw) => raw.isOver())).toEqual([]);
});

it.each(['/', '/chat', '/elsewhere'])(
  'the relay closes a connection that requests a WebSocket at %s, where there is none',
  async (path) => {
    const relay = await start();
    const headers =
      'Host: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    const peer = await open(relay, `GET ${path} HTTP/1.1\r\n${headers}`);
    await expect.poll(() => peer.isOver()).toBe(true);
  },
);

describe('the relay refuses a WebSocket that can’t become part of a connection, and closes its TCP connection', () => {
  const ask = (query: string) =>
    `GET /chat/?EIO=4&${query} HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
  const handshake = async (relay: TestRelay) =>
    (JSON.parse((await (await fetch(`${relay.url}/chat/?EIO=4&transport=polling`)).text()).slice(1)) as { sid: string }).sid;

  it.each(['transport=polling', 'transport=webtransport', 'transport=websocket&sid=nobody', 'transport=websocket&sid=__proto__', ''])(
    '(%s)',
    async (query) => {
      const relay = await start();
      const peer = await open(relay, ask(query));
      await expect.poll(() => peer.isOver()).toBe(true);
      expect(peer.heard()).toMatch(/^HTTP\/1.1 400 /);
    },
  );

  it('(the second one of a connection, while the first is upgrading)', async () => {
    const relay = await start();
    const sid = await handshake(relay);
    const first = await open(relay, ask(`transport=websocket&sid=${sid}`));
    await expect.poll(() => first.heard()).toContain('101 Switching Protocols');
    const second = await open(relay, ask(`transport=websocket&sid=${sid}`));
    await expect.poll(() => second.isOver()).toBe(true);
    expect(second.heard()).toMatch(/^HTTP\/1.1 400 /);
    expect(first.isOver()).toBe(false);
  });
});

it.each(['PUT', 'DELETE', 'HEAD', 'PATCH'])('the relay answers %s as an error of the client', async (method) => {
  const relay = await start();
  const { sid } = JSON.parse((await (await fetch(`${relay.url}/chat/?EIO=4&transport=polling`)).text()).slice(1)) as { sid: string };
  expect((await fetch(`${relay.url}/chat/?EIO=4&transport=polling&sid=${sid}`, { method })).status).toBe(400);
});

it('the relay supports polling by requests, not by script tags', async () => {
  const relay = await start();
  const response = await fetch(`${relay.url}/chat/?EIO=4&transport=polling&j=0`);
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('invalid_request')]);
  expect((await fetch(`${relay.url}/chat/?EIO=4&transport=polling&t=j`)).status).toBe(200);
});
