import type { IncomingMessage } from 'node:http';
import type { Socket as TcpConnection } from 'node:net';

import type { RelayServer } from '../peer.ts';

/** A connection of Engine.IO, below Socket.IO and above TCP: the documented part of its API that is used here, and what this relay notes on it. */
export interface EngineConnection {
  readonly readyState: string;
  readonly remoteAddress: string;
  readonly transport: { readonly name: string };
  /** Whether its upgrade to a WebSocket has begun, and whether it is complete. */
  readonly upgrading: boolean;
  readonly upgraded: boolean;
  /** Noted by this relay on the connection object, because a lookup in a table for each packet is measurably slower. */
  readonly notes?: ConnectionNotes;
  /** @param discard closes without sending what is queued */
  close(discard?: boolean): unknown;
  /** Sends a message of an already encoded packet. */
  write(packet: string): unknown;
  on(event: 'packet' | 'upgrading' | 'flush', listener: (this: EngineConnection) => void): unknown;
  on(event: 'packetCreate', listener: (this: EngineConnection, packet: { readonly data?: unknown }) => void): unknown;
  once(event: 'close' | 'upgrade', listener: (this: EngineConnection) => void): unknown;
}

/** A connection that has not been admitted yet: only then may its request be read (see `Engine.releaseRequest`). */
export interface NewConnection extends EngineConnection {
  readonly request: IncomingMessage;
}

/** What this relay notes about a connection. One shape for all connections, so that access stays fast. */
export interface ConnectionNotes {
  /** The TCP connection of its WebSocket; undefined while it is polling. */
  tcp: TcpConnection | undefined;
  /** The TCP connection of a WebSocket that an upgrade may lead to. */
  upgradeTcp: TcpConnection | undefined;
  /** The polling request whose body is still arriving. */
  incomingRequest: IncomingMessage | undefined;
  /** Packets received in the current period of the packet limit, and the number of that period. */
  packets: number;
  packetPeriod: number;
}

/** Calls `listener` for every new connection, before its first packet. */
export function onConnection(io: RelayServer, listener: (connection: NewConnection) => void): void {
  io.engine.on('connection', listener);
}

/** The open connection that a request names by its session id; undefined for a request that begins one. */
export function findRequestConnection(io: RelayServer, { url = '' }: IncomingMessage): EngineConnection | undefined {
  const sid = new URLSearchParams(url.split('?')[1]).get('sid');
  if (sid === null) return undefined;
  // Documented by Engine.IO ("hash of connected clients by id"), though its types protect it.
  const connections = io.engine['clients'] as Readonly<Record<string, EngineConnection>>;
  return Object.hasOwn(connections, sid) ? connections[sid] : undefined;
}

/** The length of what a packet carries, in characters of a text or in bytes. */
export function lengthOf(data: unknown): number {
  return typeof data === 'string' ? data.length : ArrayBuffer.isView(data) ? data.byteLength : 0;
}

/** Ends a connection without waiting for its peer: what is queued for it is dropped, and the TCP connection of a WebSocket is closed too. */
export function terminate(connection: EngineConnection): void {
  connection.close(true);
  connection.notes?.tcp?.destroy();
}

/** Closes the TCP connection of a closed WebSocket if everything has been written to it. */
export function closeTcpIfWritten({ notes }: EngineConnection): void {
  if (notes?.tcp?.writableLength === 0) notes.tcp.destroy();
}
