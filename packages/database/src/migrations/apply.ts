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

/** What applying a migration needs. */
export interface Run {
  readonly engine: SchemaEngine;
  readonly script: Script;
  /** A connection beside the engine's. */
  readonly client: pg.Client;
  readonly folder: string;
  /** How long to try while others hold a lock that a migration needs, in milliseconds. */
  readonly patienceMs: number;
  /** Told, in a sentence, that a migration waits for others. */
  readonly onWait: (line: string) => void;
  /** How often it is told that an index that is built concurrently waits, in milliseconds: that one does not step back, as nobody waits behind it. */
  readonly tellEveryMs: number;
}

const NO_FILTER = { externalTables: [], externalEnums: [] };
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Applies the last of `migrations`, which come in their order and of which all others are applied. A migration that does not get a lock within two
 * seconds gives up its place in the queue, so that the running system goes on, and is tried again after a pause.
 *
 * @throws MigrationBlockedError when it did not get its locks in `patienceMs`; it can be run again
 * @throws MigrationFailedError when PostgreSQL refused it; it can be run again
 */
export async function applyLast(run: Run, migrations: readonly Migration[]): Promise<void> {
  const migration = migrations.at(-1);
  if (migration === undefined) return;
  const migrationsList = await toMigrationList(run.folder, migrations);
  const end = Date.now() + run.patienceMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await clearUnfinished(run, migration, migrations);
    if (await isFinished(run.client, migration.name)) return;
    delete run.script.error;
    run.script.migration = migration.name;
    try {
      await telling(run, migration, async () => {
        await run.engine.applyMigrations({ migrationsList, filters: NO_FILTER });
      });
      return;
    } catch (engineError) {
      const error = run.script.error ?? engineError;
      if (isUnavailable(error) && !isLockError(error)) throw error;
      // Of a script that failed nothing is left (see atomicScripts), but Prisma's record calls it failed and would let nothing pass it.
      await clearUnfinished(run, migration, migrations);
      if (!isLockError(error)) throw new MigrationFailedError(migration.name, error);
      const open = await describeOpenTransactions(run.client);
      if (Date.now() + pause > end)
        throw new MigrationBlockedError(
          `Migration ${migration.name} did not get its locks within ${Math.round(run.patienceMs / 1_000)} s: ${open}. Nothing of it was applied; end what holds them, or run it again later.`,
          { cause: error },
        );
      run.onWait(`Migration ${migration.name} waits for others: ${open}.`);
      await delay(pause);
    }
  }
}

/** Runs `work`, and tells while it waits for a lock. */
async function telling({ client, onWait, tellEveryMs }: Run, { name }: Migration, work: () => Promise<void>): Promise<void> {
  const ended = new AbortController();
  const watch = async () => {
    while (!ended.signal.aborted) {
      await delay(tellEveryMs, undefined, { signal: ended.signal }).catch(() => undefined); // Ended in between.
      if (!ended.signal.aborted && (await isEngineWaiting(client)))
        onWait(`Migration ${name} waits for others: ${await describeOpenTransactions(client)}.`);
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    ended.abort();
    // A look that failed changes nothing: the work has its own connection.
    await watching.catch(() => undefined);
  }
}

async function isFinished(client: pg.Client, name: string): Promise<boolean> {
  return (await readHistory(client)).some((entry) => entry.name === name && entry.finished);
}

/**
 * Takes away what an attempt that failed or was interrupted left. A script is a transaction, so only its record is there. An index that was built
 * concurrently may be there and invalid: nothing uses it and every write pays for it. If only the record is missing, it is made up for.
 */
async function clearUnfinished(run: Run, { name, sql }: Migration, migrations: readonly Migration[]): Promise<void> {
  if (!(await readHistory(run.client)).some((entry) => entry.name === name && !entry.finished)) return;
  const concurrent = concurrentIndex(sql);
  if (concurrent !== undefined && (await isDone(run.client, concurrent)))
    await run.engine.markMigrationApplied({ migrationName: name, migrationsList: await toMigrationList(run.folder, migrations) });
  else await run.engine.markMigrationRolledBack({ migrationName: name });
}

/** Whether an index is as its migration leaves it. One that was left invalid is dropped. */
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
