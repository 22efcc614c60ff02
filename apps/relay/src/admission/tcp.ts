import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Socket as Connection } from 'node:net';

import { limitKey } from '@switchboard/limits/address';

import type { RelayMetrics } from '../metrics.ts';
import { OldestFirst } from './oldest-first.ts';

/** The head of a connection's first request has to be there within this time, and that of each that follows from its first byte on. Milliseconds. */
const HEAD_TIMEOUT_MS = 10_000;
/** The whole of a request. A picture in a polling request may be large, and an uplink slow. Milliseconds. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than proxies keep idle connections (nginx: 60 to 75 s): who closes first must be the one who sends, or a request meets a closed connection. Milliseconds. */
const KEEP_ALIVE_MS = 80_000;

/** Connections at once, of all addresses and of one, whose first request has not come yet: an honest one takes a round trip. */
const MAX_UNHEARD = 2_000;
const MAX_UNHEARD_PER_ADDRESS = 200;

export interface TcpLimits {
  readonly path: string;
  /** Whether upgrades to WebSocket are served. */
  readonly upgrades: boolean;
  /** Connections of one address that carry HTTP, not a WebSocket. Not counted by address where all come from proxies. */
  readonly maxPerAddress: number;
  readonly behindProxy: boolean;
  readonly metrics: RelayMetrics;
}

export interface TcpConnections {
  /** All that are open, upgraded ones too, which Node's own server loses sight of. */
  readonly open: ReadonlySet<Connection>;
  /** Closes those that have said nothing. To be called once a second. */
  sweep(): void;
}

/**
 * Keeps the TCP connections at hand and within bounds: those on which no request has come are closed in time, and the oldest ones are when one address
 * has too many. Call it after Socket.IO was attached.
 */
export function watchConnections(http: HttpServer, { path, upgrades, maxPerAddress, behindProxy, metrics }: TcpLimits): TcpConnections {
  http.headersTimeout = HEAD_TIMEOUT_MS;
  http.requestTimeout = REQUEST_TIMEOUT_MS;
  http.keepAliveTimeout = KEEP_ALIVE_MS;
  const open = new Set<Connection>();
  const unheard = new OldestFirst<Connection>({ total: MAX_UNHEARD, perAddress: behindProxy ? Infinity : MAX_UNHEARD_PER_ADDRESS });
  const plain = new OldestFirst<Connection>({ total: Infinity, perAddress: behindProxy ? Infinity : maxPerAddress });

  function end(connections: readonly Connection[], why: 'silent' | 'address'): void {
    for (const connection of connections) {
      metrics.tcpConnectionsCut.add(1, { why });
      connection.destroy();
    }
  }

  function forget(this: Connection): void {
    open.delete(this);
    unheard.delete(this);
    plain.delete(this);
    metrics.addTraffic(this);
  }

  http.on('connection', (connection) => {
    open.add(connection);
    connection.once('close', forget);
    const address = limitKey(connection.remoteAddress ?? '');
    const now = performance.now();
    end(unheard.add(connection, address, now), 'address');
    end(plain.add(connection, address, now), 'address');
  });
  http.on('request', ({ socket }: IncomingMessage) => void unheard.delete(socket));
  http.on('upgrade', (request: IncomingMessage, socket: Connection) => {
    unheard.delete(socket);
    plain.delete(socket);
    // Nobody else answers it, and what nobody answers would stay.
    if (!upgrades || request.url?.startsWith(`${path}/`) !== true) socket.destroy();
  });
  metrics.watchTraffic(open);
  return { open, sweep: () => end(unheard.takeOlderThan(HEAD_TIMEOUT_MS, performance.now()), 'silent') };
}
