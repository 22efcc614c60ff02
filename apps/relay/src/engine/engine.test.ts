import { io as connect, type Socket as Client } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';

import type { NewSocket } from '../peer.ts';
import { type EngineServer, startEngineServer } from '../testing/engine-server.ts';
import { type RawPeer, rawWebSocket } from '../testing/raw-peer.ts';
import { createEngine, type Engine, terminate } from './index.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

describe.each([
  ['with shortcuts', true],
  ['with documented API only', false],
])('an engine %s', (_name, shortcuts) => {
  async function start(isCompressed = false): Promise<{ server: EngineServer; engine: Engine }> {
    let engine: Engine | undefined;
    const server = await startEngineServer((io) => {
      engine = createEngine(io, { shortcuts, isCompressed });
    });
    ends.push(async () => await server.close());
    if (engine === undefined) throw new Error('the server was not prepared');
    return { server, engine };
  }

  async function connectTo(server: EngineServer, transport: 'websocket' | 'polling'): Promise<{ client: Client; socket: NewSocket }> {
    const accepted = server.nextSocket();
    const client = connect(server.url, { path: '/chat', transports: [transport], forceNew: true, reconnection: false });
    ends.push(() => client.disconnect());
    return { client, socket: await accepted };
  }

  async function rawConnection(server: EngineServer) {
    const accepted = server.nextConnection();
    const peer: RawPeer = await rawWebSocket(server.url);
    ends.push(() => peer.socket.destroy());
    const connection = await accepted;
    await expect.poll(() => peer.heard()).toContain('pingInterval');
    return { peer, connection };
  }

  it('reports which kind it is', async () => {
    expect((await start()).engine.usesShortcuts).toBe(shortcuts);
  });

  it.each(['websocket', 'polling'] as const)(
    'hands over events with their arguments, in order, and sends answers (%s)',
    async (transport) => {
      const { server, engine } = await start();
      const { client, socket } = await connectTo(server, transport);
      const received: unknown[] = [];
      engine.receiveEvents(socket, (eventArguments, answer) => {
        received.push(eventArguments);
        answer?.({ ok: true, timestamp: 'now', delivered: received.length });
      });
      socket.on('first', () => received.push('a listener of Socket.IO'));
      client.emit('first', { field: 1 }, null);
      const answer: unknown = await client.emitWithAck('second');
      expect(received).toEqual([['first', { field: 1 }, null], ['second']]);
      expect(answer).toEqual({ ok: true, timestamp: 'now', delivered: 2 });
    },
  );

  it('collects the events of one iteration and frees the request, both with shortcuts only', async () => {
    const { server, engine } = await start();
    const { socket } = await connectTo(server, 'websocket');
    socket.emit('event', 1);
    socket.emit('event', 2);
    expect(engine.sendQueueOf(socket.conn).packets >= 2).toBe(shortcuts);
    engine.releaseRequest(socket);
    expect([socket.request === undefined, Object.keys(socket.handshake.headers).length === 0]).toEqual([shortcuts, shortcuts]);
  });

  it('counts what waits to be sent, until the transport takes it', async () => {
    const { server, engine } = await start();
    const { client, socket } = await connectTo(server, 'polling');
    const received: unknown[] = [];
    client.on('event', (text: unknown) => received.push(text));
    for (let index = 0; index < 10; index += 1) socket.emit('event', 'x'.repeat(100));
    const waiting = engine.sendQueueOf(socket.conn);
    expect(waiting.packets).toBeGreaterThanOrEqual(9);
    expect(waiting.bytes).toBeGreaterThanOrEqual(9 * 100);
    expect(waiting.bytes).toBeLessThan(10 * 130);
    await expect.poll(() => received).toHaveLength(10);
    expect(engine.sendQueueOf(socket.conn)).toMatchObject({ packets: 0, bytes: 0 });
  });

  it('counts the bytes of an incomplete message, and not more than one message may have', async () => {
    const { server, engine } = await start();
    const { peer, connection } = await rawConnection(server);
    peer.say('40');
    await expect.poll(() => peer.heard()).toContain('40{"sid"');
    expect(engine.incompleteBytes(connection, 100_000)).toBe(0);
    peer.begin('x'.repeat(5_000));
    await expect.poll(() => engine.incompleteBytes(connection, 100_000)).toBeGreaterThanOrEqual(5_000);
    expect(engine.incompleteBytes(connection, 100_000)).toBeLessThan(5_100);
  });

  it('closes the TCP connection of a WebSocket that is terminated, an upgraded one too', async () => {
    const { server } = await start();
    const { peer, connection } = await rawConnection(server);
    terminate(connection);
    // At once: `ws` would wait half a minute for a peer that does not close its side.
    expect(connection.notes?.tcp?.destroyed).toBe(true);
    await expect.poll(() => peer.isOver()).toBe(true);

    const accepted = server.nextConnection();
    const opened = await (await fetch(`${server.url}/chat/?EIO=4&transport=polling`)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const polling = await accepted;
    const upgrade = await rawWebSocket(server.url, { sid });
    ends.push(() => upgrade.socket.destroy());
    await expect.poll(() => upgrade.heard()).toContain('101 Switching Protocols');
    upgrade.say('2probe');
    await expect.poll(() => upgrade.heard()).toContain('3probe');
    upgrade.say('5');
    await expect.poll(() => polling.transport.name).toBe('websocket');
    terminate(polling);
    expect(polling.notes?.tcp?.destroyed).toBe(true);
    await expect.poll(() => upgrade.isOver()).toBe(true);
  });
});
