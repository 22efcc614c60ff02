import type { Socket as Connection } from 'node:net';

import { ERRORS, type PeerEventName, peerEvents } from '@switchboard/protocol';
import type { CounterMetric, HistogramMetric, Metrics } from '@switchboard/telemetry';

import { RATE_LIMITS } from './rate-limit.ts';

/** Open connections by role; `none` has not joined. */
export type ConnectionCounts = Readonly<Record<'client' | 'operator' | 'none', number>>;

/** The relay's metrics. Labels have few values: events of the protocol and codes of the error table, never what a peer sent. */
export interface RelayMetrics {
  readonly relayed: CounterMetric;
  /** Seconds from a decoded event to the write to all sockets on this node. Measured for every event, which takes about 0.2 µs. */
  readonly relaying: HistogramMetric;
  readonly errors: CounterMetric;
  readonly rateLimited: CounterMetric;
  readonly unknownEvents: CounterMetric;
  readonly tokensRefused: CounterMetric;
  readonly originsRefused: CounterMetric;
  readonly brokenPackets: CounterMetric;
  readonly connectionsRefused: CounterMetric;
  readonly tcpConnectionsCut: CounterMetric;
  readonly slowReadersCut: CounterMetric;
  readonly connectionsExpired: CounterMetric;
  readonly offendersCut: CounterMetric;
  readonly hints: CounterMetric;
  readonly strayErrors: CounterMetric;
  /** Adds the bytes of these connections to the traffic metrics, whenever metrics are read. */
  readonly watchTraffic: (open: ReadonlySet<Connection>) => void;
  /** Adds the bytes of a closed connection, which is no longer in that set. */
  readonly addTraffic: (past: Connection) => void;
  /** Renders all metrics, with the current number of connections. */
  render(connectionCounts: ConnectionCounts): Promise<string>;
  readonly contentType: string;
}

/** From the time for one visitor's message to one operator, to a delay that people notice. Seconds. */
const RELAYING_BUCKETS = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

const EVENTS = Object.keys(peerEvents) as readonly PeerEventName[];

export function createRelayMetrics(metrics: Metrics): RelayMetrics {
  const connections = metrics.gauge('relay_connections', 'Sockets connected, by role', { labelNames: ['role'] });
  return {
    relayed: metrics.counter('relay_events_relayed_total', 'Events relayed, by event', ['event'], EVENTS),
    relaying: metrics.histogram('relay_event_seconds', 'Time from receiving an event to having written it to all sockets of this node', {
      buckets: RELAYING_BUCKETS,
    }),
    errors: metrics.counter('relay_events_refused_total', 'Events refused, by error code', ['code'], Object.keys(ERRORS)),
    rateLimited: metrics.counter(
      'relay_rate_limited_total',
      'Events refused because their sender sent too many, by kind',
      ['pace'],
      [...Object.keys(RATE_LIMITS), 'bytes'],
    ),
    unknownEvents: metrics.counter('relay_unknown_events_total', 'Events that the protocol does not know'),
    tokensRefused: metrics.counter(
      'relay_tokens_refused_total',
      'Tokens refused, by where they were shown',
      ['at'],
      ['handshake', 'hints'],
    ),
    originsRefused: metrics.counter('relay_origins_refused_total', 'Requests refused for their origin'),
    brokenPackets: metrics.counter('relay_broken_packets_total', 'Connections ended because what came was no Socket.IO packet'),
    connectionsRefused: metrics.counter(
      'relay_connections_refused_total',
      'Connections refused or ended because there are too many, by of what',
      ['why'],
      ['node', 'anonymous', 'address', 'identity', 'pending'],
    ),
    tcpConnectionsCut: metrics.counter(
      'relay_tcp_connections_cut_total',
      'TCP connections closed because nothing came on them or one address had too many',
      ['why'],
      ['silent', 'address'],
    ),
    slowReadersCut: metrics.counter('relay_slow_readers_cut_total', 'Connections ended because their peer did not read'),
    connectionsExpired: metrics.counter('relay_connections_expired_total', 'Connections ended because the token they began with was over'),
    offendersCut: metrics.counter('relay_offenders_cut_total', 'Connections ended because too much of what they sent was refused'),
    hints: metrics.counter(
      'relay_hints_total',
      'Hints received from the web app, by event',
      ['event'],
      ['conversationChanged', 'messagesSeen', 'revoked'],
    ),
    strayErrors: metrics.counter('relay_stray_errors_total', 'Errors that nobody handled'),
    ...createTrafficWatch(metrics),
    async render(connectionCounts) {
      for (const [role, count] of Object.entries(connectionCounts)) connections.set(count, { role });
      return await metrics.render();
    },
    contentType: metrics.contentType,
  };
}

/** Sums the bytes that Node counts for each connection, when metrics are read and when a connection closes. */
function createTrafficWatch(metrics: Metrics): Pick<RelayMetrics, 'watchTraffic' | 'addTraffic'> {
  const past = { bytesRead: 0, bytesWritten: 0 };
  return {
    watchTraffic(open) {
      const sum = (what: keyof typeof past) => {
        let total = past[what];
        for (const connection of open) total += connection[what];
        return total;
      };
      metrics.total('relay_received_bytes_total', 'Bytes that came in over connections, WebSocket frames and HTTP alike', () =>
        sum('bytesRead'),
      );
      metrics.total('relay_sent_bytes_total', 'Bytes that went out over connections, WebSocket frames and HTTP alike', () =>
        sum('bytesWritten'),
      );
    },
    addTraffic({ bytesRead, bytesWritten }) {
      past.bytesRead += bytesRead;
      past.bytesWritten += bytesWritten;
    },
  };
}
