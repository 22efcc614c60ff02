import type { IncomingMessage, ServerResponse } from 'node:http';

import { io as connect, type Socket as Client } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';

import { type EngineServer, startEngineServer } from '../testing/engine-server.ts';
import { rawWebSocket } from '../testing/raw-peer.ts';

/** What a shortcut relies on, and what to do when a new version of a library has changed it. */
const broken = (assumption: string, file: string) =>
  `This version of Socket.IO, Engine.IO or ws breaks an assumption: ${assumption} Change ${file}, or ship with SOCKET_ENGINE_SHORTCUTS=false.`;

let server: EngineServer | undefined;
const clients: Client[] = [];
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  for (const end of ends.splice(0)) end();
  await server?.close();
});

async function start(...given: Parameters<typeof startEngineServer>): Promise<EngineServer> {
  server = await startEngineServer(...given);
  return server;
}

function connectClient({ url }: EngineServer): Client {
  const client = connect(url, { path: '/chat', transports: ['websocket'], forceNew: true, reconnection: false });
  clients.push(client);
  return client;
}

async function connectSocket(on: EngineServer) {
  const accepted = on.nextSocket();
  return { client: connectClient(on), socket: await accepted };
}

/** A part of an object that its types keep private. */
const privatePart = (object: object, name: string): unknown => (object as Record<string, unknown>)[name];

describe('shortcuts/write-coalescing.ts assumes that', () => {
  const file = 'engine/shortcuts/write-coalescing.ts';

  it('Engine.IO sends everything through the method flush of its connection, which may be replaced', async () => {
    const { socket } = await connectSocket(await start());
    const prototype = Object.getPrototypeOf(socket.conn) as object;
    const flush = privatePart(prototype, 'flush');
    expect(flush, broken('a connection has no method "flush".', file)).toBeTypeOf('function');
    let calls = 0;
    Object.assign(socket.conn, { flush: () => (calls += 1) });
    socket.emit('event');
    socket.emit('event');
    expect(calls, broken('sending does not call "flush" once for each packet.', file)).toBe(2);
    const queue = privatePart(socket.conn, 'writeBuffer');
    expect(queue, broken('"writeBuffer" does not hold the packets that were not flushed.', file)).toHaveLength(2);
    (flush as () => void).call(socket.conn);
    const next = privatePart(socket.conn, 'writeBuffer');
    expect(next, broken('"flush" does not empty "writeBuffer".', file)).toEqual([]);
    expect(next === queue, broken('"flush" does not begin a new "writeBuffer".', file)).toBe(false);
  });
});

describe('shortcuts/event-receiver.ts assumes that', () => {
  it('Socket.IO hands each decoded event to the method onevent of its socket, which may be replaced', async () => {
    const file = 'engine/shortcuts/event-receiver.ts';
    const { client, socket } = await connectSocket(await start());
    const packets: unknown[] = [];
    expect(privatePart(socket, 'onevent'), broken('a socket has no method "onevent".', file)).toBeTypeOf('function');
    Object.assign(socket, { onevent: (packet: unknown) => packets.push(packet) });
    client.emit('first', { field: 1 });
    client.emit('second', () => undefined);
    await expect.poll(() => packets).toHaveLength(2);
    expect(packets, broken('"onevent" does not get a packet with "data" and "id".', file)).toEqual([
      expect.objectContaining({ data: ['first', { field: 1 }] }),
      expect.objectContaining({ data: ['second'], id: 0 }),
    ]);
  });
});

describe('shortcuts/buffers.ts assumes that', () => {
  it('ws counts the bytes of an incomplete message in its receiver', async () => {
    const running = await start();
    const accepted = running.nextConnection();
    const peer = await rawWebSocket(running.url);
    ends.push(() => peer.socket.destroy());
    const { transport } = await accepted;
    await expect.poll(() => peer.heard()).toContain('pingInterval');
    peer.begin('x'.repeat(5_000));
    const webSocket = privatePart(transport, 'socket') as object;
    const receiver = privatePart(webSocket, '_receiver') as object;
    const message = broken('a receiver has no "_bufferedBytes" and "_messageLength".', 'engine/shortcuts/buffers.ts');
    const held = () => Number(privatePart(receiver, '_bufferedBytes')) + Number(privatePart(receiver, '_messageLength'));
    await expect.poll(held, { message }).toBe(5_000);
  });
});

describe('shortcuts/request-release.ts assumes that', () => {
  const file = 'engine/shortcuts/request-release.ts';

  it('nothing but a connection, a socket and the response of the upgrade holds the request', async () => {
    const responses: (ServerResponse & { req: unknown })[] = [];
    const running = await start((io) =>
      io.engine.use((request: IncomingMessage, response: ServerResponse & { req: unknown }, next: () => void) => {
        if (request.headers.upgrade !== undefined) responses.push(response);
        next();
      }),
    );
    const { client, socket } = await connectSocket(running);
    expect(responses[0]?.req, broken('the response of an upgrade has no "req".', file)).toBe(socket.conn.request);
    Object.assign(socket.conn, { request: undefined });
    Object.assign(socket.handshake, { headers: {}, query: {}, auth: {} });
    expect(socket.request, broken('a socket has a request of its own.', file)).toBeUndefined();
    // The connection works without them.
    const received = new Promise((resolve) => socket.once('event', resolve));
    client.emit('event', 'later');
    expect(await received).toBe('later');
  });
});

describe('the engine assumes of the documented API that', () => {
  it('a middleware of a socket gets the decoded array, which is the key for the size of an event', async () => {
    const { client, socket } = await connectSocket(await start());
    let fromMiddleware: unknown;
    let fromDecoder: unknown;
    const { onevent } = socket as unknown as { onevent: (packet: { data: unknown }) => void };
    Object.assign(socket, {
      onevent(packet: { data: unknown }) {
        fromDecoder = packet.data;
        onevent.call(socket, packet);
      },
    });
    socket.use((event) => {
      fromMiddleware = event;
    });
    client.emit('event', { field: 1 }, () => undefined);
    await expect.poll(() => fromMiddleware).toBeDefined();
    expect(fromMiddleware === fromDecoder, broken('a middleware gets a copy of the event.', 'engine/plain-engine.ts')).toBe(true);
  });

  it('connections are found by session id, and know whether they upgrade', async () => {
    const running = await start();
    const accepted = running.nextConnection();
    const opened = await (await fetch(`${running.url}/chat/?EIO=4&transport=polling`)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const found = (running.io.engine as unknown as { clients: Record<string, unknown> }).clients[sid];
    expect(found === (await accepted), broken('"clients" does not list connections by id.', 'engine/connection.ts')).toBe(true);
    expect(found, broken('a connection has no "upgrading" and "upgraded".', 'engine/connection.ts')).toMatchObject({
      upgrading: false,
      upgraded: false,
    });
  });
});
