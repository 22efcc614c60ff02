import type { CounterMetric, HistogramMetric, Metrics } from '@switchboard/telemetry';

export interface HttpMetrics {
  /** Seconds, by route, method and status. */
  readonly time: HistogramMetric;
  /** Errors that nobody handled. */
  readonly strayErrors: CounterMetric;
}

export function createHttpMetrics(metrics: Metrics): HttpMetrics {
  return {
    time: metrics.histogram('http_request_seconds', 'Time to answer an HTTP request', {
      labelNames: ['route', 'method', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    }),
    strayErrors: metrics.counter('stray_errors_total', 'Errors that nobody handled'),
  };
}
