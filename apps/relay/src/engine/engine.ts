import type { IncomingMessage } from 'node:http';

import type { RelayServer } from '../peer.ts';

/**
 * A connection as Engine.IO sees it: below Socket.IO, above TCP. What of it is used here; the engine's own types keep some of it private, and tests hold
 * it to what is assumed.
 */
export interface EngineConnection {
  readonly readyState: string;
  readonly remoteAddress: string;
  /** What it began with; undefined after it was let in (see `forgetRequests`). */
  readonly request: IncomingMessage | undefined;
  readonly transport: EngineTransport;
  /** Ours: packets that came in the present period, and which one that is. Kept here, because a lookup for each packet would be felt. */
  packets?: number;
  packetPeriod?: number;
  /** @param discard without waiting for what is still to be written */
  close(discard?: boolean): unknown;
  on(event: 'packet' | 'upgrading', listener: (this: EngineConnection) => void): unknown;
  once(event: 'close', listener: (this: EngineConnection) => void): unknown;
}

interface EngineTransport {
  readonly name: string;
  /** The WebSocket, of a transport that is one. */
  readonly socket?: { readonly bufferedAmount?: number; terminate?: () => void };
}

/** Calls `listener` for every new connection, when it has said nothing yet. */
export function onEngineConnection(io: RelayServer, listener: (connection: EngineConnection) => void): void {
  io.engine.on('connection', listener);
}

/** Ends a connection without waiting for its peer: what would be said to it is dropped, and the TCP connection goes too. */
export function terminate(connection: EngineConnection): void {
  const { socket } = connection.transport;
  connection.close(true);
  socket?.terminate?.();
}
