import type { CounterMetric, Metrics } from '@switchboard/telemetry';

/** Connections at this moment, by role; `none` has not joined. */
export type Census = Readonly<Record<'client' | 'operator' | 'none', number>>;

/** The relay's figures. Labels have few values: events of the protocol and codes of the error table, never what a peer sent. */
export interface RelayMetrics {
  readonly relayed: CounterMetric;
  readonly errors: CounterMetric;
  readonly rateLimited: CounterMetric;
  readonly unknownEvents: CounterMetric;
  readonly tokensRefused: CounterMetric;
  readonly originsRefused: CounterMetric;
  readonly brokenPackets: CounterMetric;
  readonly slowReadersCut: CounterMetric;
  readonly offendersCut: CounterMetric;
  readonly hints: CounterMetric;
  readonly strayErrors: CounterMetric;
  /** Renders all of them, with the census of this moment. */
  render(census: Census): Promise<string>;
  readonly contentType: string;
}

export function createRelayMetrics(metrics: Metrics): RelayMetrics {
  const connections = metrics.gauge('relay_connections', 'Sockets connected, by role', { labelNames: ['role'] });
  return {
    relayed: metrics.counter('relay_events_relayed_total', 'Events relayed, by event', ['event']),
    errors: metrics.counter('relay_events_refused_total', 'Events refused, by error code', ['code']),
    rateLimited: metrics.counter('relay_rate_limited_total', 'Events refused because their sender sent too many, by kind', ['pace']),
    unknownEvents: metrics.counter('relay_unknown_events_total', 'Events that the protocol does not know'),
    tokensRefused: metrics.counter('relay_tokens_refused_total', 'Tokens refused, by where they were shown', ['at']),
    originsRefused: metrics.counter('relay_origins_refused_total', 'Requests refused for their origin'),
    brokenPackets: metrics.counter('relay_broken_packets_total', 'Connections ended because what came was no Socket.IO packet'),
    slowReadersCut: metrics.counter('relay_slow_readers_cut_total', 'Connections ended because their peer did not read'),
    offendersCut: metrics.counter('relay_offenders_cut_total', 'Connections ended because too much of what they sent was refused'),
    hints: metrics.counter('relay_hints_total', 'Hints received from the web app, by event', ['event']),
    strayErrors: metrics.counter('relay_stray_errors_total', 'Errors that nobody handled'),
    async render(census) {
      for (const [role, count] of Object.entries(census)) connections.set(count, { role });
      return await metrics.render();
    },
    contentType: metrics.contentType,
  };
}
