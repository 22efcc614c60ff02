import { type Database, Prisma } from '@switchboard/database';

type Db = Pick<Database, 'prisma'>;

/** Counts of the jobs in the database. */
export interface JobCounts {
  /** Jobs that could run now and have not been taken; 10,000 when there are more. */
  readonly due: number;
  readonly running: number;
  readonly dead: number;
  /** How long the oldest due job has been due; 0 without one. */
  readonly oldestDueSeconds: number;
}

/** A job as an administrator sees it. */
export interface JobView {
  readonly id: string;
  readonly name: string;
  readonly key: string | null;
  readonly state: 'dead' | 'running' | 'due' | 'waiting';
  /** The time at which it is or was due; of a dead job, the time it died. */
  readonly at: Date;
  readonly attempts: number;
  readonly lastError: string | null;
}

const COUNTED_AT_MOST = 10_000;
const IS_RUNNING = Prisma.sql`("deadAt" IS NULL AND "leaseEndsAt" > now())`;
const IS_DUE = Prisma.sql`("deadAt" IS NULL AND "runAt" <= now() AND ("leaseEndsAt" IS NULL OR "leaseEndsAt" <= now()))`;

/** Counts the jobs; reads at most 10,000 rows of each kind. */
export async function countJobs({ prisma }: Db): Promise<JobCounts> {
  const counted = (condition: Prisma.Sql) =>
    Prisma.sql`(SELECT count(*) FROM (SELECT FROM "Job" WHERE ${condition} LIMIT ${COUNTED_AT_MOST}::int) AS counted)::int`;
  const [counts] = await prisma.$queryRaw<JobCounts[]>`
    SELECT ${counted(IS_DUE)} AS due, ${counted(IS_RUNNING)} AS running, ${counted(Prisma.sql`"deadAt" IS NOT NULL`)} AS dead,
      coalesce(extract(epoch FROM now() - (SELECT "runAt" FROM "Job" WHERE ${IS_DUE} ORDER BY "runAt", id LIMIT 1)), 0)::float8 AS "oldestDueSeconds"`;
  return counts ?? { due: 0, running: 0, dead: 0, oldestDueSeconds: 0 };
}

/** Up to `limit` jobs: dead ones first, then running, due and waiting ones. */
export async function listJobs({ prisma }: Db, limit: number): Promise<JobView[]> {
  return await prisma.$queryRaw<JobView[]>`
    SELECT id::text AS id, name, key, attempts, "lastError", coalesce("deadAt", "runAt") AS at,
      CASE WHEN "deadAt" IS NOT NULL THEN 'dead' WHEN ${IS_RUNNING} THEN 'running' WHEN ${IS_DUE} THEN 'due' ELSE 'waiting' END AS state
    FROM "Job"
    ORDER BY "deadAt" IS NULL, NOT ${IS_RUNNING}, coalesce("deadAt", "runAt"), id LIMIT ${limit}::int`;
}

/** Makes dead jobs due with all their attempts: the one with this id, or all. @returns how many there were */
export async function retryDeadJobs({ prisma }: Db, which: bigint | 'all'): Promise<number> {
  return await prisma.$executeRaw`UPDATE "Job" SET "deadAt" = NULL, attempts = 0, "runAt" = now() WHERE ${isDead(which)}`;
}

/** Removes dead jobs: the one with this id, or all. @returns how many there were */
export async function discardDeadJobs({ prisma }: Db, which: bigint | 'all'): Promise<number> {
  return await prisma.$executeRaw`DELETE FROM "Job" WHERE ${isDead(which)}`;
}

function isDead(which: bigint | 'all'): Prisma.Sql {
  return which === 'all' ? Prisma.sql`"deadAt" IS NOT NULL` : Prisma.sql`"deadAt" IS NOT NULL AND id = ${which}::bigint`;
}
