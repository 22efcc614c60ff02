import type { Database } from '@switchboard/database';
import { z } from 'zod';

import { defineJobs, type Handlers } from '../define-jobs.ts';

/** The tests' jobs: each run adds a row to the tests' table `runs`. */
export const TEST_JOBS = defineJobs({
  note: { payload: z.object({ n: z.int() }) },
  /** Never ends unless it is aborted. */
  hang: { payload: z.object({ n: z.int() }) },
});

export const RUNS_TABLE = 'CREATE TABLE runs (n int NOT NULL, attempt int NOT NULL, pid int NOT NULL)';

async function noteRun(db: Pick<Database, 'prisma'>, n: number, attempt: number): Promise<void> {
  await db.prisma.$executeRaw`INSERT INTO runs (n, attempt, pid) VALUES (${n}::int, ${attempt}::int, ${process.pid}::int)`;
}

export function testHandlers(db: Pick<Database, 'prisma'>): Handlers<typeof TEST_JOBS> {
  return {
    note: async ({ payload, attempt }) => await noteRun(db, payload.n, attempt),
    async hang({ payload, attempt, signal }) {
      await noteRun(db, payload.n, attempt);
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    },
  };
}
