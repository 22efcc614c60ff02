import { randomBytes } from 'node:crypto';

import { afterEach, describe, expect, it } from 'vitest';

import { type RawPeer, rawWebSocket } from '../testing/raw-peer.ts';
import { startRelay, type TestRelay } from '../testing/test-relay.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const UNLIMITED = { message: Infinity, typing: Infinity, lifecycle: Infinity };
const relays: TestRelay[] = [];
const raws: RawPeer[] = [];
afterEach(async () => {
  for (const raw of raws.splice(0)) raw.socket.destroy();
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
});

async function start(
  thresholdBytes: number | undefined,
  parts: Parameters<typeof startRelay>[1] = {},
  maxPayloadBytes = 2_000_000,
): Promise<TestRelay> {
  const compression = thresholdBytes === undefined ? undefined : { thresholdBytes };
  const relay = await startRelay({ compression, maxPayloadBytes }, { rateLimits: UNLIMITED, ...parts });
  relays.push(relay);
  return relay;
}

async function raw(relay: TestRelay): Promise<RawPeer> {
  const peer = await rawWebSocket(relay.url, { extensions: 'permessage-deflate' });
  raws.push(peer);
  await expect.poll(() => peer.heard()).toContain('pingInterval');
  return peer;
}

const sentBytes = async (relay: TestRelay) => Number(/relay_sent_bytes_total\{[^}]*\} (\d+)/.exec(await relay.metrics())?.[1]);

describe('compression', () => {
  it('is negotiated only if it is enabled, and keeps no state for a connection', async () => {
    const extensions = async (relay: TestRelay) => /Sec-WebSocket-Extensions: ([^\r]*)/.exec((await raw(relay)).heard())?.[1];
    expect(await extensions(await start(undefined))).toBeUndefined();
    expect(await extensions(await start(1_024))).toBe('permessage-deflate; server_no_context_takeover; client_no_context_takeover');
  });

  it.each(['websocket', 'polling'] as const)(
    'changes nothing in what is heard over %s, short and long in one turn, nor in its order',
    async (transport) => {
      const relay = await start(1_024);
      const token = await relay.mint({ role: 'operator', id: 1, name: 'Maya' });
      const maya = await relay.connect(token, { transports: [transport] });
      await maya.ask('join', { role: 'operator', name: 'Maya' });
      const [olga, anna] = [await relay.operator(2, 'Olga'), await relay.visitor(ANNA, 'Anna')];
      const texts = Array.from({ length: 60 }, (_, index) => `${index} ${'long '.repeat(index % 3 === 0 ? 1_500 : index % 2)}`);
      for (const message of texts) anna.socket.emit('clientMessage', { type: 'text', message });
      for (const peer of [maya, olga]) await expect.poll(() => peer.of('incomingMessage').map(({ message }) => message)).toEqual(texts);
    },
  );

  it('saves bytes from the threshold on', async () => {
    const image = `data:image/png;base64,${'AAAA'.repeat(100_000)}`;
    const bytes = async (threshold: number | undefined) => {
      const relay = await start(threshold);
      const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
      await anna.ask('clientMessage', { type: 'image', image });
      await expect.poll(() => maya.of('incomingMessage').map((event) => event['image'] === image)).toEqual([true]);
      return await sentBytes(relay);
    };
    expect(await bytes(undefined)).toBeGreaterThan(400_000);
    expect(await bytes(1_000_000)).toBeGreaterThan(400_000);
    expect(await bytes(1_024)).toBeLessThan(40_000);
  });

  it('does not let compressed messages exceed the limit', async () => {
    const relay = await start(1_024);
    const maya = await relay.operator(1, 'Maya');
    const mallory = await raw(relay);
    mallory.say('40');
    await expect.poll(() => mallory.heard()).toContain('40{"sid"');
    mallory.sayCompressed(`42["clientMessage",{"type":"text","message":"${'x'.repeat(50_000_000)}"}]`);
    await expect.poll(() => mallory.isOver()).toBe(true);
    expect(await maya.ask('operatorTyping', { to: ANNA, isTyping: true })).toMatchObject({ ok: true });
  });

  it('still ends the connection of a peer that does not read, and no other', async () => {
    const relay = await start(1_024, { queueCaps: { packets: 20, bytes: 1e9 } }, 100_000_000);
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    const deaf = await raw(relay);
    deaf.say(`40${JSON.stringify({ token: await relay.mint({ role: 'operator', id: 2, name: 'Deaf' }) })}`);
    await expect.poll(() => deaf.heard()).toContain('40{"sid"');
    deaf.say('42["join",{"role":"operator"}]');
    await expect.poll(async () => await relay.metrics()).toContain('relay_connections{role="operator",service="relay"} 2');
    deaf.socket.pause();
    // Random data, which can't be compressed.
    const image = `data:image/png;base64,${randomBytes(400_000).toString('base64')}`;
    let sent = 0;
    await expect
      .poll(
        async () => {
          await anna.ask('clientMessage', { type: 'image', image });
          sent += 1;
          return await relay.metrics();
        },
        { interval: 20 },
      )
      .toMatch(/relay_slow_readers_cut_total\{service="relay"\} 1/);
    await maya.settled();
    await expect.poll(() => maya.of('incomingMessage')).toHaveLength(sent);
    expect(await relay.metrics()).toContain('relay_connections{role="operator",service="relay"} 1');
  });
});
