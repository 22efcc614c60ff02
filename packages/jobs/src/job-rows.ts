import { type Database, Prisma } from '@switchboard/database';

type Db = Pick<Database, 'prisma'>;

/** A job that this process has taken: nobody else takes it while the lease lasts. */
export interface TakenJob {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  /** This run included. */
  readonly attempts: number;
  readonly revision: number;
  readonly leaseId: string;
  /** Why the run before this one failed. */
  readonly lastError: string | null;
}

/** A run that is over, as what is left of its row. */
export interface Release {
  /** When it may run again. */
  readonly afterMs: number;
  /** No attempt is left. */
  readonly dead: boolean;
  /** Runs that have been begun. */
  readonly attempts: number;
  readonly error: string | null;
}

const interval = (ms: number) => Prisma.sql`make_interval(secs => ${ms / 1_000}::float8)`;

/** Takes up to `limit` of the jobs that are due and have one of these names, the longest due first, for `leaseMs`. */
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

/** Moves the ends of these leases. @returns the ids of jobs that are still ours; another process has taken the rest, or they are gone */
export async function extendLeases({ prisma }: Db, jobs: readonly TakenJob[], leaseMs: number): Promise<Set<string>> {
  const [ids, leaseIds] = [jobs.map(({ id }) => id), jobs.map(({ leaseId }) => leaseId)];
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    UPDATE "Job" j SET "leaseEndsAt" = now() + ${interval(leaseMs)}
    FROM unnest(${ids}::bigint[], ${leaseIds}::uuid[]) AS mine(id, "leaseId")
    WHERE j.id = mine.id AND j."leaseId" = mine."leaseId"
    RETURNING j.id::text AS id`;
  return new Set(rows.map(({ id }) => id));
}

/** Removes a job that is done. One that was enqueued again since it was taken stays for another run. @returns false when it was not ours any more */
export async function finishJob({ prisma }: Db, { id, leaseId, revision }: TakenJob): Promise<boolean> {
  const removed =
    await prisma.$executeRaw`DELETE FROM "Job" WHERE id = ${id}::bigint AND "leaseId" = ${leaseId}::uuid AND revision = ${revision}::int`;
  if (removed > 0) return true;
  const kept = await prisma.$executeRaw`
    UPDATE "Job" SET "leaseId" = NULL, "leaseEndsAt" = NULL, "lastError" = NULL WHERE id = ${id}::bigint AND "leaseId" = ${leaseId}::uuid`;
  return kept > 0;
}

/** Gives a job back for another run, or for none. One that was enqueued again since it was taken runs as that says. @returns false when it was not ours any more */
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

/** Makes sure that recurring jobs have their rows, and none waits longer than its interval (which another version may have had longer). */
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
