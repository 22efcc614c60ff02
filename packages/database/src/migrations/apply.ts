import { setTimeout as delay } from 'node:timers/promises';

import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import type pg from 'pg';

import type { Script } from './engine.ts';
import { MigrationBlockedError, MigrationFailedError } from './errors.ts';
import { readHistory } from './history.ts';
import { type Migration, toMigrationList } from './list.ts';
import { describeOpenTransactions, isEngineWaiting, isLockError } from './locks.ts';
import { isUnavailable } from '../unavailable.ts';
import { type ConcurrentIndex, concurrentIndex } from './sql-statements.ts';

/** The context of applying a migration. */
export interface MigrationRun {
  readonly engine: SchemaEngine;
  readonly script: Script;
  /** A connection besides the engine's. */
  readonly client: pg.Client;
  readonly folder: string;
  /** How long to retry while other transactions hold a lock that a migration needs, in milliseconds. */
  readonly timeoutMs: number;
  /** Called with a sentence when a migration waits for others. */
  readonly onWait: (line: string) => void;
  /** How often a waiting concurrent index build is reported, in milliseconds. Such a build keeps waiting, since no reads or writes queue behind it. */
  readonly reportEveryMs: number;
}

const NO_FILTER = { externalTables: [], externalEnums: [] };
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Applies the last of `migrations`; all earlier ones are applied. A migration that does not get a lock within two seconds releases its request, so that the
 * running system can continue, and is retried after a pause.
 *
 * @throws MigrationBlockedError when it did not get its locks within `timeoutMs`; it can be run again
 * @throws MigrationFailedError when PostgreSQL rejected it; it can be run again
 */
export async function applyLast(run: MigrationRun, migrations: readonly Migration[]): Promise<void> {
  const migration = migrations.at(-1);
  if (migration === undefined) return;
  const migrationsList = await toMigrationList(run.folder, migrations);
  const end = Date.now() + run.timeoutMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await clearUnfinished(run, migration, migrations);
    if (await isFinished(run.client, migration.name)) return;
    delete run.script.error;
    run.script.migration = migration.name;
    try {
      await reportingWaits(run, migration, async () => {
        await run.engine.applyMigrations({ migrationsList, filters: NO_FILTER });
      });
      return;
    } catch (engineError) {
      const error = run.script.error ?? engineError;
      if (isUnavailable(error) && !isLockError(error)) throw error;
      // A failed script was rolled back (see atomicScripts), but Prisma's record marks it as failed and would block all later ones.
      await clearUnfinished(run, migration, migrations);
      if (!isLockError(error)) throw new MigrationFailedError(migration.name, error);
      const open = await describeOpenTransactions(run.client);
      if (Date.now() + pause > end)
        throw new MigrationBlockedError(
          `Migration ${migration.name} did not get its locks within ${Math.round(run.timeoutMs / 1_000)} s: ${open}. It was not applied. End the transactions that hold the locks, or run it again later.`,
          { cause: error },
        );
      run.onWait(`Migration ${migration.name} waits for others: ${open}.`);
      await delay(pause);
    }
  }
}

/** Runs `work`, and reports while it waits for a lock. */
async function reportingWaits(
  { client, onWait, reportEveryMs }: MigrationRun,
  { name }: Migration,
  work: () => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  const watch = async () => {
    while (!ended.signal.aborted) {
      await delay(reportEveryMs, undefined, { signal: ended.signal }).catch(() => undefined); // `work` has ended.
      if (!ended.signal.aborted && (await isEngineWaiting(client)))
        onWait(`Migration ${name} waits for others: ${await describeOpenTransactions(client)}.`);
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    ended.abort();
    // A failed check does not matter: `work` has its own connection.
    await watching.catch(() => undefined);
  }
}

async function isFinished(client: pg.Client, name: string): Promise<boolean> {
  return (await readHistory(client)).some((entry) => entry.name === name && entry.finished);
}

/**
 * Cleans up after a failed or interrupted attempt. A script is a transaction, so it leaves only its record. A concurrently built index may exist but be invalid:
 * no query uses it, but every write maintains it. If only the record is missing, it is added.
 */
async function clearUnfinished(run: MigrationRun, { name, sql }: Migration, migrations: readonly Migration[]): Promise<void> {
  if (!(await readHistory(run.client)).some((entry) => entry.name === name && !entry.finished)) return;
  const concurrent = concurrentIndex(sql);
  if (concurrent !== undefined && (await isDone(run.client, concurrent)))
    await run.engine.markMigrationApplied({ migrationName: name, migrationsList: await toMigrationList(run.folder, migrations) });
  else await run.engine.markMigrationRolledBack({ migrationName: name });
}

/** Whether an index is in the state that its migration produces. An invalid one is dropped. */
async function isDone(client: pg.Client, { does, index }: ConcurrentIndex): Promise<boolean> {
  const { rows } = await client.query<{ whole: boolean }>(
    `SELECT i.indisvalid AND i.indisready AS whole FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relname = $1 AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())`,
    [index],
  );
  if (does === 'drop') return rows.length === 0;
  if (rows[0]?.whole === false) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${client.escapeIdentifier(index)}`);
  return rows[0]?.whole === true;
}
