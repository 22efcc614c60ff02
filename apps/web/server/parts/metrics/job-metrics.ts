import type { Context } from '@switchboard/chat';
import { countJobs, type RunListener } from '@switchboard/jobs';
import type { Metrics } from '@switchboard/telemetry';

import { askDatabase } from './ask-database.ts';

/** Metrics of the jobs of all web servers and the runs of this one. @returns the function to call for each run */
export function measureJobs(metrics: Metrics, { db, log }: Pick<Context, 'db' | 'log'>, names: readonly string[]): RunListener {
  const counts = askDatabase(async () => await countJobs(db), log);
  metrics.gauge('jobs_due', 'Jobs that could run now and wait for a web server; 10,000 when there are more', {
    read: async () => (await counts())?.due,
  });
  metrics.gauge('jobs_running', 'Jobs that a web server runs', { read: async () => (await counts())?.running });
  metrics.gauge('jobs_dead', 'Jobs that have failed and have no attempt left; they wait for an administrator', {
    read: async () => (await counts())?.dead,
  });
  metrics.gauge('jobs_oldest_due_seconds', 'How long the oldest of the jobs that are due has been so, 0 without one', {
    read: async () => (await counts())?.oldestDueSeconds,
  });
  const failures = metrics.counter('job_failures_total', 'Runs of jobs that failed in this process, by name', ['name'], names);
  const times = metrics.histogram('job_seconds', 'Time that a run of a job took in this process, by name and outcome', {
    labelNames: ['name', 'outcome'],
    buckets: [0.01, 0.1, 1, 10, 60, 300, 3_600],
  });
  return (name, outcome, seconds) => {
    times.observe(seconds, { name, outcome });
    if (outcome === 'failed' || outcome === 'dead') failures.add(1, { name });
  };
}
