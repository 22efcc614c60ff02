import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Server } from 'socket.io';

import { type NewConnection, onConnection } from '../engine/connection.ts';
import type { NewSocket, RelayServer } from '../peer.ts';

/** A Socket.IO server without the relay, to test what the relay assumes of it. */
export interface EngineServer {
  readonly io: RelayServer;
  readonly url: string;
  /** The next connection of Engine.IO, at its first moment. */
  nextConnection(): Promise<NewConnection>;
  /** The next socket of Socket.IO. */
  nextSocket(): Promise<NewSocket>;
  close(): Promise<void>;
}

/** @param prepare called when the server is attached to HTTP and does not listen yet */
export async function startEngineServer(prepare: (io: RelayServer) => void = () => undefined): Promise<EngineServer> {
  const io: RelayServer = new Server({ path: '/chat' });
  const http = createServer();
  io.attach(http);
  prepare(io);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    io,
    url: `http://127.0.0.1:${port}`,
    nextConnection: async () => await new Promise((resolve) => onConnection(io, resolve)),
    nextSocket: async () => await new Promise((resolve) => io.once('connection', resolve)),
    close: async () => await io.close(),
  };
}
