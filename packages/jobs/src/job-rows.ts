import { type Database, Prisma } from '@switchboard/database';

type Db = Pick<Database, 'prisma'>;

/** A job that this process has taken: no other process takes it while the lease lasts. */
export interface TakenJob {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  /** Runs that have started, including this one. */
  readonly attempts: number;
  readonly revision: number;
  readonly leaseId: string;
  /** The error of the previous run. */
  readonly lastError: string | null;
}

/** The state of a job's row after a run. */
export interface Release {
  /** The time until it may run again. */
  readonly afterMs: number;
  /** Whether no attempt is left. */
  readonly dead: boolean;
  /** Runs that have started. */
  readonly attempts: number;
  readonly error: string | null;
}

const interval = (ms: number) => Prisma.sql`make_interval(secs => ${ms / 1_000}::float8)`;

/** Takes up to `limit` due jobs with one of these names for `leaseMs`, the longest due first. */
export async function takeDueJobs(
  { prisma }: Db,
  {
    names,
    limit,
    leaseMs,
    leaseId,
  }: { readonly names: readonly string[]; readonly limit: number; readonly leaseMs: number; readonly leaseId: string },
): Promise<TakenJob[]> {
  return await prisma.$queryRaw<TakenJob[]>`
    WITH due AS MATERIALIZED (
      SELECT id FROM "Job"
      WHERE "deadAt" IS NULL AND "runAt" <= now() AND ("leaseEndsAt" IS NULL OR "leaseEndsAt" <= now()) AND name = ANY(${[...names]}::text[])
      ORDER BY "runAt", id LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
    )
    UPDATE "Job" j SET attempts = attempts + 1, "leaseId" = ${leaseId}::uuid, "leaseEndsAt" = now() + ${interval(leaseMs)}
    FROM due WHERE j.id = due.id
    RETURNING j.id::text AS id, name, payload, attempts, revision, "leaseId"::text AS "leaseId", "lastError"`;
}

/** Extends these leases. @returns the ids of jobs that this process still holds; the others were taken by another process or are gone */
export async function extendLeases({ prisma }: Db, jobs: readonly TakenJob[], leaseMs: number): Promise<Set<string>> {
  const [ids, leaseIds] = [jobs.map(({ id }) => id), jobs.map(({ leaseId }) => leaseId)];
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    UPDATE "Job" j SET "leaseEndsAt" = now() + ${interval(leaseMs)}
    FROM unnest(${ids}::bigint[], ${leaseIds}::uuid[]) AS mine(id, "leaseId")
    WHERE j.id = mine.id AND j."leaseId" = mine."leaseId"
    RETURNING j.id::text AS id`;
  return new Set(rows.map(({ id }) => id));
}

/** Removes a job that is done, or keeps it for another run if it was enqueued again meanwhile. @returns false when this process no longer held it */
export async function finishJob({ prisma }: Db, { id, leaseId, revision }: TakenJob): Promise<boolean> {
  const removed =
    await prisma.$executeRaw`DELETE FROM "Job" WHERE id = ${id}::bigint AND "leaseId" = ${leaseId}::uuid AND revision = ${revision}::int`;
  if (removed > 0) return true;
  const kept = await prisma.$executeRaw`
    UPDATE "Job" SET "leaseId" = NULL, "leaseEndsAt" = NULL, "lastError" = NULL WHERE id = ${id}::bigint AND "leaseId" = ${leaseId}::uuid`;
  return kept > 0;
}

/** Releases a job for another run, or as dead. If it was enqueued again meanwhile, its new time counts. @returns false when this process no longer held it */
export async function releaseJob(
  { prisma }: Db,
  { id, leaseId, revision }: TakenJob,
  { afterMs, dead, attempts, error }: Release,
): Promise<boolean> {
  const released = await prisma.$executeRaw`
    UPDATE "Job" SET
      "leaseId" = NULL, "leaseEndsAt" = NULL, "lastError" = ${error},
      "runAt" = CASE WHEN revision = ${revision}::int THEN now() + ${interval(afterMs)} ELSE "runAt" END,
      attempts = CASE WHEN revision = ${revision}::int THEN ${attempts}::int ELSE attempts END,
      "deadAt" = CASE WHEN revision = ${revision}::int AND ${dead}::boolean THEN now() END
    WHERE id = ${id}::bigint AND "leaseId" = ${leaseId}::uuid`;
  return released > 0;
}

const RECURRING_KEY = 'recurring';

/** Ensures that every recurring job has a row and waits no longer than its interval (another version may have had a longer one). */
export async function scheduleRecurringJobs(
  { prisma }: Db,
  jobs: readonly { readonly name: string; readonly everyMs: number }[],
): Promise<void> {
  if (jobs.length === 0) return;
  const [names, seconds] = [jobs.map(({ name }) => name), jobs.map(({ everyMs }) => everyMs / 1_000)];
  await prisma.$executeRaw`
    INSERT INTO "Job" (name, payload, key)
    SELECT name, 'null', ${RECURRING_KEY} FROM unnest(${names}::text[]) AS recurring(name)
    ON CONFLICT (name, key) DO NOTHING`;
  await prisma.$executeRaw`
    UPDATE "Job" j SET "runAt" = now() + make_interval(secs => recurring.seconds)
    FROM unnest(${names}::text[], ${seconds}::float8[]) AS recurring(name, seconds)
    WHERE j.name = recurring.name AND key = ${RECURRING_KEY} AND "leaseId" IS NULL AND "runAt" > now() + make_interval(secs => recurring.seconds)`;
}
