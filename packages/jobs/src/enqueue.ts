import { Prisma } from '@switchboard/database';
import type { z } from 'zod';

import type { Job, SingleJob } from './define-jobs.ts';

/** When a job runs, and which job it replaces. */
export interface EnqueueOptions {
  /** The earliest time of the run, by the database's clock; now by default. Use `delayMs` for a relative time, so that this process's clock does not matter. */
  readonly runAt?: Date;
  /** The shortest time between the start of the transaction and the run. */
  readonly delayMs?: number;
  /**
   * A key that at most one job of this name has. An existing job gets the new payload and all its attempts back, and runs at the earlier of both times; if it
   * is running, it runs once more. Transactions with the same key wait for each other.
   */
  readonly key?: string;
}

/**
 * Adds a job in the caller's transaction. It runs after the transaction commits, and never if it rolls back.
 *
 * @throws ZodError for a payload that does not match the job's schema, before anything is written
 */
export async function enqueue<Payload extends z.ZodType>(
  tx: Pick<Prisma.TransactionClient, '$executeRaw'>,
  job: Job<SingleJob<Payload>>,
  payload: z.input<Payload>,
  { runAt, delayMs = 0, key }: EnqueueOptions = {},
): Promise<void> {
  job.payload.parse(payload);
  const base = runAt === undefined ? Prisma.sql`now()` : Prisma.sql`${runAt.toISOString()}::timestamptz`;
  await tx.$executeRaw`
    INSERT INTO "Job" (name, payload, key, "runAt")
    VALUES (${job.name}, ${JSON.stringify(payload)}::jsonb, ${key ?? null}, ${base} + make_interval(secs => ${delayMs / 1_000}::float8))
    ON CONFLICT (name, key) DO UPDATE SET
      payload = excluded.payload,
      attempts = 0,
      revision = "Job".revision + 1,
      "deadAt" = NULL,
      "runAt" = CASE WHEN "Job"."leaseId" IS NULL AND "Job"."deadAt" IS NULL THEN LEAST("Job"."runAt", excluded."runAt") ELSE excluded."runAt" END`;
}
