import type pg from 'pg';

/** The database's record of one migration. */
export interface HistoryEntry {
  readonly name: string;
  /** False while it runs, and after a failure or an interruption. */
  readonly finished: boolean;
}

/** Whether the database has Prisma's migrations table. */
async function hasHistory(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ found: string | null }>(`SELECT to_regclass('_prisma_migrations')::text AS found`);
  return rows[0]?.found != null;
}

/** Prisma's records of migrations, oldest first, without rolled-back ones; empty when there are none. */
export async function readHistory(client: pg.Client): Promise<HistoryEntry[]> {
  if (!(await hasHistory(client))) return [];
  const { rows } = await client.query<HistoryEntry>(
    `SELECT migration_name AS name, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, id`,
  );
  return rows;
}

/** Creates Prisma's migrations table, as its engine does, if it does not exist. */
export async function ensureHistory(client: pg.Client): Promise<void> {
  if (await hasHistory(client)) return;
  await client.query(`CREATE TABLE "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`);
}
