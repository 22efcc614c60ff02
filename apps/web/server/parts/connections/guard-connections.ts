import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import { clientAddress, limitKey } from '@switchboard/limits/address';

export interface ConnectionGuardOptions {
  /** Reverse proxies in front: connections are theirs then, and are not counted by address. */
  readonly trustedHops: number;
  /** Connections of one address. */
  readonly maxPerAddress: number;
  /** Connections of one address that have not asked for anything yet; with one more, the oldest of them ends. */
  readonly maxSilentPerAddress?: number;
  /** A connection without a whole request header ends after this. Milliseconds. */
  readonly silentMs?: number;
  /** Called once for each HTTP server of this process, with its first connection, before its first request. */
  readonly onServer?: (server: Server) => void;
}

/** Browsers open a connection or two in advance; an office may have many browsers. */
const MAX_SILENT_PER_ADDRESS = 100;
const SILENT_MS = 10_000;
/** Longer than reverse proxies keep idle connections to us (nginx: 60 s), so that the side that sends the next request is the one that closes. */
const KEEP_ALIVE_MS = 75_000;
/** From the first byte of a request's header to its last. Looked at by Node every 30 s. */
const HEADERS_MS = 15_000;
/** From the first byte of a request to the last of its body, whatever `request-body.ts` would wait. */
const REQUEST_MS = 5 * 60_000;

/** The connections of one address. */
interface Crowd {
  readonly all: Set<Socket>;
  /** The oldest first. */
  readonly silent: Set<Socket>;
}

/**
 * Limits the connections to the HTTP servers of this process: who connects and says nothing is disconnected, and one address can't use up what a process
 * can hold. Next.js makes its server itself and hands it to nobody, so it is met where Node tells of each new connection. Returns how to stop.
 */
export function guardConnections({
  trustedHops,
  maxPerAddress,
  maxSilentPerAddress = MAX_SILENT_PER_ADDRESS,
  silentMs = SILENT_MS,
  onServer = () => undefined,
}: ConnectionGuardOptions): () => void {
  const known = new WeakSet<Server>();
  const crowds = new Map<string, Crowd>();
  const waiting = new WeakMap<Socket, () => void>();

  function meet(server: Server): void {
    if (known.has(server)) return;
    known.add(server);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.headersTimeout = HEADERS_MS;
    server.requestTimeout = REQUEST_MS;
    onServer(server);
  }

  /** Counts the connection for its address until it is closed. */
  function count(socket: Socket): void {
    const key = limitKey(clientAddress(socket.remoteAddress, undefined, 0));
    const crowd = crowds.get(key) ?? { all: new Set(), silent: new Set() };
    if (crowd.all.size >= maxPerAddress) {
      socket.destroy();
      return;
    }
    crowds.set(key, crowd);
    crowd.all.add(socket);
    crowd.silent.add(socket);
    const [oldest] = crowd.silent;
    if (crowd.silent.size > maxSilentPerAddress) oldest?.destroy();
    waiting.set(socket, () => crowd.silent.delete(socket));
    socket.once('close', () => {
      crowd.all.delete(socket);
      crowd.silent.delete(socket);
      if (crowd.all.size === 0) crowds.delete(key);
    });
  }

  const connected = (event: unknown) => {
    const { socket } = event as { socket: Socket & { server?: unknown } };
    if (!(socket.server instanceof Server)) return;
    meet(socket.server);
    if (trustedHops === 0) count(socket);
    if (socket.destroyed) return;
    const stopCounting = waiting.get(socket);
    const timer = setTimeout(() => socket.destroy(), silentMs).unref();
    waiting.set(socket, () => {
      clearTimeout(timer);
      stopCounting?.();
    });
    socket.once('close', () => clearTimeout(timer));
  };
  const asked = (event: unknown) => {
    const { request } = event as { request: IncomingMessage };
    waiting.get(request.socket)?.();
    waiting.delete(request.socket);
  };
  subscribe('net.server.socket', connected);
  subscribe('http.server.request.start', asked);
  return () => {
    unsubscribe('net.server.socket', connected);
    unsubscribe('http.server.request.start', asked);
  };
}
