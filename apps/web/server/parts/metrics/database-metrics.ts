import type { Database, TimeListener } from '@switchboard/database';
import type { Metrics } from '@switchboard/telemetry';

/** Metrics of the database as this process sees it. Pass `onTime` to `openDatabase`, and its result to `watch`. */
export function createDatabaseMetrics(metrics: Metrics): { readonly onTime: TimeListener; readonly watch: (db: Database) => void } {
  const time = metrics.histogram(
    'database_seconds',
    'Time that the database took for a query (of Prisma) or a transaction (that saves messages), the wait for a connection included',
    { labelNames: ['what'], buckets: [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
  );
  return {
    onTime: (what, seconds) => time.observe(seconds, { what }),
    watch(db) {
      metrics.gauge('database_connections', 'Connections to the database, in use and idle', {
        labelNames: ['state'],
        read() {
          const { total, idle } = db.poolState();
          return [
            { labels: { state: 'in_use' }, value: total - idle },
            { labels: { state: 'idle' }, value: idle },
          ];
        },
      });
      metrics.gauge('database_waiting_requests', 'Requests that wait for a connection to the database', {
        read: () => db.poolState().waiting,
      });
    },
  };
}
