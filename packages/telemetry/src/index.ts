export { limitRepeats, MAX_LOGGED_CHARACTERS, type RepeatLimit } from './log-limits.ts';
export { createLogger, LOG_LEVELS, silentLogger, type Logger, type LogLevel } from './logger.ts';
export {
  createMetrics,
  type CounterMetric,
  type GaugeMetric,
  type HistogramMetric,
  type MetricDescription,
  type Metrics,
  type Reading,
} from './metrics.ts';
export { readiness, type Readiness } from './health.ts';
export { endWithSupervisor, onShutdown, reportStrayErrors, SUPERVISED } from './process-life.ts';
export { FORWARDING_HEADERS, mayScrape, type Scrape } from './scrape-access.ts';
