import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import type { SendQueue } from '../engine/index.ts';
import { startRelay, type TestRelay } from '../testing/test-relay.ts';
import { isSlow } from './slow-readers.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const relays: TestRelay[] = [];
afterEach(async () => {
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
});

describe('the limits of a send queue', () => {
  const caps = { packets: 3, bytes: 100 };
  it.each<[string, SendQueue, boolean]>([
    ['an empty queue is not too long', { packets: 0, bytes: 0 }, false],
    ['a queue at both limits is not too long', { packets: 3, bytes: 100 }, false],
    ['one packet too many', { packets: 4, bytes: 0 }, true],
    ['one byte too many', { packets: 2, bytes: 101 }, true],
  ])('%s', (_what, queue, slow) => {
    expect(isSlow(queue, caps)).toBe(slow);
  });
});

/** A WebSocket client that joins as an operator and then stops reading. */
async function deafOperator(relay: TestRelay): Promise<{ socket: Socket; heard: Buffer[] }> {
  const token = await relay.mint({ role: 'operator', id: 2, name: 'Deaf' });
  const { hostname, port } = new URL(relay.url);
  const socket = connect(Number(port), hostname);
  const heard: Buffer[] = [];
  socket.on('data', (chunk) => heard.push(chunk));
  socket.on('error', () => socket.destroy());
  const hears = async (text: string) => await expect.poll(() => Buffer.concat(heard).toString('latin1')).toContain(text);
  /** One masked text frame, with a mask of zeros. */
  const say = (text: string) => {
    const body = Buffer.from(text);
    const head =
      body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255]);
    socket.write(Buffer.concat([head, Buffer.alloc(4), body]));
  };
  socket.write(
    'GET /chat/?EIO=4&transport=websocket HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await hears('pingInterval');
  say(`40${JSON.stringify({ token })}`);
  await hears('40{"sid"');
  say('420["join",{"role":"operator"}]');
  await hears('430[{"ok":true');
  socket.pause();
  return { socket, heard };
}

it('the relay ends the connection of a peer that does not read, counts it, and keeps the others', async () => {
  const relay = await startRelay(
    { maxPayloadBytes: 100_000_000 },
    { rateLimits: { message: Infinity, typing: Infinity, lifecycle: Infinity }, queueCaps: { packets: 20, bytes: 1e9 } },
  );
  relays.push(relay);
  const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
  const deaf = await deafOperator(relay);
  const image = `data:image/png;base64,${'A'.repeat(500_000)}`;
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
  expect(await relay.metrics()).toContain('switchboard_relay_connections{role="operator",service="relay"} 1');
  await maya.settled();
  expect(maya.of('incomingMessage')).toHaveLength(sent);
  // When it reads again, the connection is closed, without Socket.IO's disconnect packet ("41"), which would keep it from reconnecting.
  deaf.socket.resume();
  await expect.poll(() => deaf.heard.at(-1)?.subarray(-2)).toEqual(Buffer.from([0x88, 0]));
  expect(Buffer.concat(deaf.heard).includes(Buffer.from([0x81, 2, 0x34, 0x31]))).toBe(false);
  expect(relay.log.find(({ message }) => message.includes('does not read'))).toMatchObject({ level: 'warn', fields: { role: 'operator' } });
  deaf.socket.destroy();
});

it('a peer that does not read does not delay the relay’s stop', async () => {
  const relay = await startRelay();
  relays.push(relay);
  const deaf = await deafOperator(relay);
  // It would delay the stop by half a minute; a timer of the same process shows which of the two came first.
  const stopped = relay.stop().then(() => 'stopped' as const);
  const halfOfThat = new AbortController();
  const late = delay(15_000, 'late' as const, { signal: halfOfThat.signal }).catch(() => 'stopped' as const);
  expect(await Promise.race([stopped, late])).toBe('stopped');
  halfOfThat.abort();
  deaf.socket.destroy();
});
