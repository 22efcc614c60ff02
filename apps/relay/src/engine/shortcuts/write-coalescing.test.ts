import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, Socket as Connection } from 'node:net';

import { Server } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { afterEach, expect, it, vi } from 'vitest';

import type { PeerSocket, RelayServer } from '../../peer.ts';
import { trackConnections } from '../track-connections.ts';
import { coalesceWrites } from './write-coalescing.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A server with a client connected over the network, and what the client receives. */
async function connectClient(transport: 'websocket' | 'polling') {
  const io: RelayServer = new Server();
  const http = createServer();
  io.attach(http);
  trackConnections(io);
  coalesceWrites(io);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  ends.push(async () => await io.close());
  const connected = once(io, 'connection') as Promise<[PeerSocket]>;
  const { port } = http.address() as AddressInfo;
  const peer = connect(`http://127.0.0.1:${port}`, { transports: [transport], forceNew: true, reconnection: false });
  ends.push(() => peer.disconnect());
  const received: unknown[] = [];
  peer.on('event', (value: unknown) => received.push(value));
  const [socket] = await connected;
  await new Promise<void>((resolve) => peer.once('connect', resolve));
  return { socket, peer, received };
}

/** Counts the writes to all TCP connections of this process from now on: one for each chunk, or for several chunks together. */
function countWrites(): () => number {
  const stream: { _write: unknown; _writev: unknown } = Connection.prototype as never;
  const [single, several] = [vi.fn(stream._write as () => void), vi.fn(stream._writev as () => void)];
  const before = { _write: stream._write, _writev: stream._writev };
  Object.assign(stream, { _write: single, _writev: several });
  ends.push(() => Object.assign(stream, before));
  return () => single.mock.calls.length + several.mock.calls.length;
}

it('sends the events of one iteration of the event loop in one write, in order', async () => {
  const { socket, received } = await connectClient('websocket');
  const writes = countWrites();
  for (let index = 0; index < 50; index += 1) socket.emit('event', index);
  await expect.poll(() => received).toHaveLength(50);
  expect(received).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect(writes()).toBe(1);
});

it('writes once in each iteration of the event loop, also for a single event', async () => {
  const { socket, received } = await connectClient('websocket');
  const writes = countWrites();
  socket.emit('event', 'first');
  await expect.poll(() => received).toEqual(['first']);
  expect(writes()).toBe(1);
  socket.emit('event', 'second');
  socket.emit('event', 'third');
  await expect.poll(() => received).toEqual(['first', 'second', 'third']);
  expect(writes()).toBe(2);
});

it('sends all events to a polling client, in order', async () => {
  const { socket, received } = await connectClient('polling');
  for (let index = 0; index < 50; index += 1) socket.emit('event', index);
  await expect.poll(() => received).toEqual(Array.from({ length: 50 }, (_, index) => index));
});

it('sends the disconnect packet after all events that were sent before', async () => {
  const { socket, peer, received } = await connectClient('websocket');
  const gone = new Promise((resolve) => peer.once('disconnect', resolve));
  socket.emit('event', 'last words');
  socket.disconnect(true);
  expect(await gone).toBe('io server disconnect');
  expect(received).toEqual(['last words']);
});
