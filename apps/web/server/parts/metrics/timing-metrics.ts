import type { Timings } from '@switchboard/protocol';
import type { HistogramMetric, Metrics } from '@switchboard/telemetry';

/** Metrics of the times that browsers report. */
export interface TimingMetrics {
  note(by: 'visitor' | 'operator', timings: Timings): void;
}

const LEG_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];
const AGE_BUCKETS = [1, 5, 15, 60, 300, 900, 3_600, 6 * 3_600, 24 * 3_600];

export function createTimingMetrics(metrics: Metrics): TimingMetrics {
  const measured = (name: string, help: string, buckets: readonly number[]) =>
    metrics.histogram(name, `${help}; as browsers report it`, { labelNames: ['by'], buckets });
  const relayed = measured('client_relayed_seconds', 'Time from pressing send until the relay has acknowledged a text', LEG_BUCKETS);
  const saved = measured('client_saved_seconds', 'Time from pressing send until a text is known to be committed', LEG_BUCKETS);
  const age = measured('client_outbox_age_seconds', 'Age of the oldest message that waits in an outbox, about once a minute', AGE_BUCKETS);
  return {
    note(by, timings) {
      const observe = (metric: HistogramMetric, ms: number) => metric.observe(ms / 1_000, { by });
      for (const ms of timings.relayed) observe(relayed, ms);
      for (const ms of timings.saved) observe(saved, ms);
      if (timings.outboxAge !== undefined) observe(age, timings.outboxAge);
    },
  };
}
