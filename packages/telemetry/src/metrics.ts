import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string | number>>;

/** A metric that only grows. */
export interface CounterMetric {
  add(amount?: number, labels?: Labels): void;
}
/** A metric that goes up and down. */
export interface GaugeMetric {
  set(value: number, labels?: Labels): void;
}
/** A distribution, observed in the unit that the name ends with. */
export interface HistogramMetric {
  observe(value: number, labels?: Labels): void;
}

/** One value of a metric with labels. */
interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
/** A metric's current value. While it is unknown it is undefined, and the metric is left out. */
export type Reading = number | readonly Sample[] | undefined;

/** A metric as the documents describe it. */
export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly labelNames: readonly string[];
}

/** The metrics of one process, in Prometheus's text format. A new counter is shown as 0 if it has no labels or all their values are known. */
export interface Metrics {
  /** @param values all values of the only label: each is shown as 0 before its first event, so that a rate works from that event on */
  counter(name: string, help: string, labelNames?: readonly string[], values?: readonly string[]): CounterMetric;
  /** A counter that is kept elsewhere and read on every scrape. */
  total(name: string, help: string, read: () => number): void;
  /** With `read`, the value is read on every scrape. `read` must not reject, and should take no longer than a second or two. */
  gauge(name: string, help: string, options?: { labelNames?: readonly string[]; read?: () => Reading | Promise<Reading> }): GaugeMetric;
  histogram(name: string, help: string, options: { labelNames?: readonly string[]; buckets: readonly number[] }): HistogramMetric;
  readonly contentType: string;
  render(): Promise<string>;
  /** All metrics, ordered by name. */
  describe(): MetricDescription[];
}

const PREFIX = 'switchboard_';

/** Metrics named `switchboard_…` and Node's own (memory, CPU, event-loop lag), all labeled with the service. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
  const registers = [registry];
  const described = (name: string, help: string, labelNames: readonly string[]) => ({
    name: PREFIX + name,
    help,
    labelNames: [...labelNames],
    registers,
  });
  return {
    counter(name, help, labelNames = [], values = []) {
      const counter = new Counter(described(name, help, labelNames));
      const [label] = labelNames;
      if (label === undefined) counter.inc(0);
      else for (const value of values) counter.inc({ [label]: value }, 0);
      return { add: (amount = 1, labels = {}) => counter.inc({ ...labels }, amount) };
    },
    total(name, help, read) {
      void new Counter({
        ...described(name, help, []),
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    },
    gauge(name, help, { labelNames = [], read } = {}) {
      const options = described(name, help, labelNames);
      const gauge: Gauge = new Gauge(read === undefined ? options : { ...options, collect: async () => write(gauge, await read()) });
      return { set: (value, labels = {}) => gauge.set({ ...labels }, value) };
    },
    histogram(name, help, { labelNames = [], buckets }) {
      const histogram = new Histogram({ ...described(name, help, labelNames), buckets: [...buckets] });
      return { observe: (value, labels = {}) => histogram.observe({ ...labels }, value) };
    },
    contentType: registry.contentType,
    render: async () => await registry.metrics(),
    describe: () => describe(registry),
  };
}

function write(gauge: Gauge, reading: Reading): void {
  gauge.reset();
  if (reading === undefined) gauge.remove();
  else if (typeof reading === 'number') gauge.set(reading);
  else for (const { labels, value } of reading) gauge.set({ ...labels }, value);
}

function describe(registry: Registry): MetricDescription[] {
  return registry
    .getMetricsAsArray()
    .map((metric) => {
      // prom-client keeps the label names, but its types do not mention them.
      const labelNames = 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [];
      return { name: metric.name, help: metric.help, type: typeOf(metric), labelNames };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function typeOf(metric: unknown): MetricDescription['type'] {
  if (metric instanceof Counter) return 'counter';
  if (metric instanceof Gauge) return 'gauge';
  return metric instanceof Histogram ? 'histogram' : 'summary';
}
