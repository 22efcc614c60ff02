import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string | number>>;

/** A figure that only grows. */
export interface CounterMetric {
  add(amount?: number, labels?: Labels): void;
}
/** A figure that goes up and down. */
export interface GaugeMetric {
  set(value: number, labels?: Labels): void;
}
/** A distribution, observed in the unit that the name ends with. */
export interface HistogramMetric {
  observe(value: number, labels?: Labels): void;
}

/** The metrics of one process, in Prometheus' text format. */
export interface Metrics {
  counter(name: string, help: string, labelNames?: readonly string[]): CounterMetric;
  /** With `read` the value is asked for whenever somebody looks. */
  gauge(name: string, help: string, options?: { labelNames?: readonly string[]; read?: () => number }): GaugeMetric;
  histogram(name: string, help: string, options: { labelNames?: readonly string[]; buckets: readonly number[] }): HistogramMetric;
  readonly contentType: string;
  render(): Promise<string>;
}

/** Metrics named `switchboard_…`, with Node's own (memory, CPU, event-loop lag) beside them, all labelled with the service. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: 'switchboard_' });
  const registers = [registry];
  return {
    counter(name, help, labelNames = []) {
      const counter = new Counter({ name: `switchboard_${name}`, help, labelNames: [...labelNames], registers });
      if (labelNames.length === 0) counter.inc(0);
      return { add: (amount = 1, labels = {}) => counter.inc({ ...labels }, amount) };
    },
    gauge(name, help, { labelNames = [], read } = {}) {
      const gauge = new Gauge({
        name: `switchboard_${name}`,
        help,
        labelNames: [...labelNames],
        registers,
        ...(read === undefined
          ? {}
          : {
              collect() {
                this.set(read());
              },
            }),
      });
      return { set: (value, labels = {}) => gauge.set({ ...labels }, value) };
    },
    histogram(name, help, { labelNames = [], buckets }) {
      const histogram = new Histogram({ name: `switchboard_${name}`, help, labelNames: [...labelNames], buckets: [...buckets], registers });
      return { observe: (value, labels = {}) => histogram.observe({ ...labels }, value) };
    },
    contentType: registry.contentType,
    render: async () => await registry.metrics(),
  };
}
