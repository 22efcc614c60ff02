import { Prisma } from '@switchboard/database';
import type { z } from 'zod';

import type { Job, SingleJob } from './define-jobs.ts';

/** When a job runs, and what it replaces. */
export interface EnqueueOptions {
  /** Not before this moment, by the clock of the database; at once unless given. For "in ten minutes", where this process' clock must not matter, see `delayMs`. */
  readonly runAt?: Date;
  /** Not before so long after the transaction has begun. */
  readonly delayMs?: number;
  /**
   * At most one job of this name has the key. Where there is one, it gets the new payload and all its attempts, and runs at the earlier of both times; if it
   * is running at that moment, it runs once more. Transactions that use the same key wait for each other.
   */
  readonly key?: string;
}

/**
 * Adds a job in a transaction of the caller: it runs once that is committed, and never if it is not.
 *
 * @throws ZodError for a payload that the job does not take, before anything is written
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
