import { vi } from 'vitest';

import { createJobRunner, type JobRunnerOptions } from '../job-runner.ts';
import type { JobMap } from '../define-jobs.ts';

/** A runner in the test's process, with its log. */
export function startRunner<Jobs extends JobMap>(options: Omit<JobRunnerOptions<Jobs>, 'log'>) {
  const log = { warn: vi.fn<(fields: object, message: string) => void>(), error: vi.fn<(fields: object, message: string) => void>() };
  const runner = createJobRunner({ ...options, log });
  runner.start();
  return { log, stop: async () => await runner.stop(1_000) };
}
