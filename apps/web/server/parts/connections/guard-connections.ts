import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

import { clientAddress, limitKey } from '@switchboard/limits/address';

export interface ConnectionGuardOptions {
  /** Number of reverse proxies in front. Behind a proxy, all connections are the proxy's, and are not counted by address. */
  readonly trustedHops: number;
  /** Most connections of one address. */
  readonly maxPerAddress: number;
  /** Most connections of one address without a request so far; with one more, the oldest of them is closed. */
  readonly maxSilentPerAddress?: number;
  /** A connection without a complete request header is closed after this. Milliseconds. */
  readonly silentMs?: number;
}

/** Browsers open a connection or two in advance, and an office may have many browsers. */
const MAX_SILENT_PER_ADDRESS = 100;
const SILENT_MS = 10_000;
/** Longer than reverse proxies keep idle connections to this server (nginx: 60 s), so that the proxy, which sends the next request, closes them. */
const KEEP_ALIVE_MS = 75_000;
/** From the first byte of a request's header to its last. Node checks it every 30 s. */
const HEADERS_MS = 15_000;
/** From the first byte of a request to the last of its body, however long `request-body.ts` would wait. */
const REQUEST_MS = 5 * 60_000;

/** The connections of one address. */
interface AddressConnections {
  readonly all: Set<Socket>;
  /** The oldest first. */
  readonly silent: Set<Socket>;
}

/**
 * Limits the connections to a server: closes connections without a request, and limits the connections of one address. Must be called before the server
 * listens.
 */
export function guardConnections(
  server: Server,
  { trustedHops, maxPerAddress, maxSilentPerAddress = MAX_SILENT_PER_ADDRESS, silentMs = SILENT_MS }: ConnectionGuardOptions,
): void {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  const connections = new Map<string, AddressConnections>();
  /** What to do at the first request of a connection. */
  const waiting = new WeakMap<Socket, () => void>();

  /** Counts the connection for its address until it is closed. */
  function count(socket: Socket): void {
    const key = limitKey(clientAddress(socket.remoteAddress, undefined, 0));
    const ofAddress = connections.get(key) ?? { all: new Set(), silent: new Set() };
    if (ofAddress.all.size >= maxPerAddress) {
      socket.destroy();
      return;
    }
    connections.set(key, ofAddress);
    ofAddress.all.add(socket);
    ofAddress.silent.add(socket);
    const [oldest] = ofAddress.silent;
    if (ofAddress.silent.size > maxSilentPerAddress) oldest?.destroy();
    waiting.set(socket, () => ofAddress.silent.delete(socket));
    socket.once('close', () => {
      ofAddress.all.delete(socket);
      ofAddress.silent.delete(socket);
      if (ofAddress.all.size === 0) connections.delete(key);
    });
  }

  server.on('connection', (socket: Socket) => {
    if (trustedHops === 0) count(socket);
    if (socket.destroyed) return;
    const stopCounting = waiting.get(socket);
    const timer = setTimeout(() => socket.destroy(), silentMs).unref();
    waiting.set(socket, () => {
      clearTimeout(timer);
      stopCounting?.();
    });
    socket.once('close', () => clearTimeout(timer));
  });
  server.on('request', ({ socket }: IncomingMessage) => {
    waiting.get(socket)?.();
    waiting.delete(socket);
  });
}
