import { setTimeout as delay } from 'node:timers/promises';

import type pg from 'pg';

import { errorCodes } from '../error-codes.ts';
import { checkConnections, createClient } from '../connection/connections.ts';
import { parseDatabaseUrl } from '../connection/database-url.ts';
import { ENGINE_NAME } from './engine.ts';
import { MigrationBlockedError } from './errors.ts';

/** The advisory lock of migrations: any number that no other program uses (Prisma's is 72707369). */
const LOCK = 5_721_190_441;
/** How long a run waits for another run to finish. Milliseconds. */
const OTHER_RUN_MS = 600_000;
const POLL_MS = 100;
const NAME = 'switchboard-migrate';

/**
 * Runs `work` while no other run of migrate works on this database. The engine's own lock starts too late: while another run is working, the history shows a
 * migration that has started and not finished, which looks like a failed one.
 *
 * The lock is polled: a waiting statement would hold a snapshot, and a concurrent index build waits for every snapshot.
 */
export async function withMigrationLock<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  await checkConnections(url);
  const client = createClient(url, NAME);
  await client.connect();
  try {
    for (const end = Date.now() + OTHER_RUN_MS; ; await delay(POLL_MS)) {
      const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
      if (rows[0]?.locked === true && !(await isEngineAtWork(client))) break;
      if (Date.now() > end) throw new MigrationBlockedError('Another run of migrate has been working on this database for ten minutes.');
    }
    await ensureSchema(client, parseDatabaseUrl(url).schema);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Creates the schema of our tables if it does not exist. (IF NOT EXISTS would not help: PostgreSQL refuses it to roles that may not create schemas.) */
async function ensureSchema(client: pg.Client, schema: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rowCount === 0) await client.query(`CREATE SCHEMA ${client.escapeIdentifier(schema)}`);
}

/** Whether the server is still working for a killed run of migrate. */
async function isEngineAtWork(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1', [
    ENGINE_NAME,
  ]);
  return rows.length > 0;
}

/** Whether the engine's statement is waiting for a lock. */
export async function isEngineWaiting(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 AND wait_event_type = 'Lock'`,
    [ENGINE_NAME],
  );
  return rows.length > 0;
}

/** Whether an error is a lock timeout or a deadlock. */
export function isLockError(error: unknown): boolean {
  return errorCodes(error).some((code) => code === '55P03' || code === '40P01');
}

/** A sentence that lists the longest open transactions on this database: the likely holders of a lock. */
export async function describeOpenTransactions(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ pid: number; name: string; seconds: number }>(
    `SELECT pid, coalesce(nullif(application_name, ''), usename, 'unnamed') AS name, extract(epoch FROM now() - xact_start)::int AS seconds
     FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND application_name NOT LIKE 'switchboard-migrate%'
     ORDER BY xact_start LIMIT 3`,
  );
  if (rows.length === 0) return 'no transaction is open at the moment';
  return rows.map(({ pid, name, seconds }) => `${name} (process ${pid}, open for ${seconds} s)`).join(', ');
}
