import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Socket as Connection } from 'node:net';

import { limitKey } from '@switchboard/limits/address';

import type { RelayMetrics } from '../metrics.ts';
import { OldestFirst } from './oldest-first.ts';

/** Time for the head of a connection's first request, and for the head of each later request from its first byte on. Milliseconds. */
const HEAD_TIMEOUT_MS = 10_000;
/** Time for a whole request. A picture in a polling request may be large, and an uplink slow. Milliseconds. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than proxies keep idle connections (nginx: 60 to 75 s). The side that sends requests must close first, or a request meets a closed connection. Milliseconds. */
const KEEP_ALIVE_MS = 80_000;

/** Open connections without a first request, in total and from one IP address. An honest client needs one round trip to send it. */
const MAX_SILENT = 2_000;
const MAX_SILENT_PER_IP = 200;

export interface TcpLimits {
  readonly path: string;
  /** Whether upgrades to WebSocket are served. */
  readonly upgrades: boolean;
  /** Connections of one IP address that carry HTTP, not a WebSocket. Not applied behind a proxy, where all connections have the proxy's address. */
  readonly maxPerIp: number;
  readonly behindProxy: boolean;
  readonly metrics: RelayMetrics;
}

export interface TcpConnections {
  /** All open connections, upgraded ones included (Node's server does not keep track of those). */
  readonly open: ReadonlySet<Connection>;
  /** Closes silent connections. Call it once a second. */
  sweep(): void;
}

/**
 * Tracks and limits TCP connections: closes those on which no request arrives in time, and the oldest ones when an IP address has too many. Call it after
 * Socket.IO was attached.
 */
export function watchTcpConnections(http: HttpServer, { path, upgrades, maxPerIp, behindProxy, metrics }: TcpLimits): TcpConnections {
  http.headersTimeout = HEAD_TIMEOUT_MS;
  http.requestTimeout = REQUEST_TIMEOUT_MS;
  http.keepAliveTimeout = KEEP_ALIVE_MS;
  const open = new Set<Connection>();
  const silent = new OldestFirst<Connection>({ total: MAX_SILENT, perIp: behindProxy ? Infinity : MAX_SILENT_PER_IP });
  const plain = new OldestFirst<Connection>({ total: Infinity, perIp: behindProxy ? Infinity : maxPerIp });

  function end(connections: readonly Connection[], why: 'silent' | 'address'): void {
    for (const connection of connections) {
      metrics.tcpConnectionsCut.add(1, { why });
      connection.destroy();
    }
  }

  function forget(this: Connection): void {
    open.delete(this);
    silent.delete(this);
    plain.delete(this);
    metrics.addTraffic(this);
  }

  http.on('connection', (connection) => {
    open.add(connection);
    connection.once('close', forget);
    const ip = limitKey(connection.remoteAddress ?? '');
    const now = performance.now();
    end(silent.add(connection, ip, now), 'address');
    end(plain.add(connection, ip, now), 'address');
  });
  http.on('request', ({ socket }: IncomingMessage) => void silent.delete(socket));
  http.on('upgrade', (request: IncomingMessage, socket: Connection) => {
    silent.delete(socket);
    plain.delete(socket);
    // Nothing else answers it, and an unanswered connection would stay open.
    if (!upgrades || request.url?.startsWith(`${path}/`) !== true) socket.destroy();
  });
  metrics.watchTraffic(open);
  return { open, sweep: () => end(silent.takeOlderThan(HEAD_TIMEOUT_MS, performance.now()), 'silent') };
}
