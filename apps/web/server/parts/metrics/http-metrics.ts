import { ERRORS } from '@switchboard/protocol';
import type { CounterMetric, HistogramMetric, Metrics } from '@switchboard/telemetry';

import type { LimitName } from '../limits/limits.ts';

export interface HttpMetrics {
  /** Seconds, by route, method and status. */
  readonly time: HistogramMetric;
  /** By `code` of the table. */
  readonly errors: CounterMetric;
  /** By `limit`. */
  readonly rateLimited: CounterMetric;
  /** By `outcome`: see `outcomeOfSignIn`. */
  readonly signIns: CounterMetric;
  /** Unhandled errors. */
  readonly strayErrors: CounterMetric;
}

const LIMITS = [
  'conversations',
  'uploads',
  'saves',
  'messages',
  'visitorBytes',
  'addressBytes',
  'allBytes',
  'timings',
  'visitorRequests',
  'operatorRequests',
  'addressRequests',
  'signIns',
  'signInsOfAddress',
  'signInsOfSite',
] as const satisfies readonly LimitName[];

export function createHttpMetrics(metrics: Metrics): HttpMetrics {
  return {
    time: metrics.histogram('http_request_seconds', 'Time to answer an HTTP request, by route, method and status', {
      labelNames: ['route', 'method', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    }),
    errors: metrics.counter('http_errors_total', 'Requests answered with an error, by its code', ['code'], Object.keys(ERRORS)),
    rateLimited: metrics.counter(
      'http_rate_limited_total',
      'Requests refused because there were too many of them, by limit',
      ['limit'],
      LIMITS,
    ),
    signIns: metrics.counter('sign_ins_total', 'Attempts to sign in, by what became of them', ['outcome'], SIGN_IN_OUTCOMES),
    strayErrors: metrics.counter('stray_errors_total', 'Errors that nobody handled'),
  };
}

const SIGN_IN_OUTCOMES = ['ok', 'refused', 'rate_limited', 'failed'] as const;

/** The outcome of an attempt to sign in, by the status of its response: `refused` for wrong passwords, `failed` for errors of the server. */
export function outcomeOfSignIn(status: number): (typeof SIGN_IN_OUTCOMES)[number] {
  if (status < 400) return 'ok';
  if (status === 429) return 'rate_limited';
  return status < 500 ? 'refused' : 'failed';
}
