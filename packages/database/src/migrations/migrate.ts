import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';

import { withSchemaEngine } from './engine.ts';

/** The database has migrations that this code doesn't know: it was written by a newer version. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';
  constructor(readonly unknownMigrations: readonly string[]) {
    super(
      `The database was migrated by a newer version of Switchboard (it has ${unknownMigrations.join(', ')}). Start that version, or restore a backup from before it.`,
    );
  }
}

/** A migration stopped half way or was changed after it ran; going on would make it worse. */
export class MigrationHistoryError extends Error {
  override readonly name = 'MigrationHistoryError';
}

const NO_FILTER = { externalTables: [], externalEnums: [] };

/** The migrations in `folder` (Prisma's layout: one folder each, with `migration.sql`), in the shape the engine wants. */
async function readMigrations(folder: string): Promise<MigrationList> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: await readFile(join(folder, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(folder, path, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  };
}

/** Names of migrations that the database has and `known` lacks. Asked in SQL, before the engine touches anything. */
async function unknownMigrations(client: pg.Client, known: readonly string[]): Promise<string[]> {
  const table = await client.query<{ found: string | null }>(`SELECT to_regclass('_prisma_migrations')::text AS found`);
  if (table.rows[0]?.found == null) return [];
  const applied = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE rolled_back_at IS NULL AND NOT (migration_name = ANY($1)) ORDER BY started_at',
    [known],
  );
  return applied.rows.map((row) => row.migration_name);
}

/** Any number, as long as it is ours alone (Prisma's own is 72707369). */
const LOCK = 5_721_190_441;
/** How long a start waits for another one that migrates, and how often it tries. Milliseconds. */
const LOCK_PATIENCE_MS = 120_000;
const LOCK_EVERY_MS = 100;

/**
 * Runs `work` while no other migration of ours runs on this database. The engine's own lock begins too late: looking at the history while another
 * one is at work shows a migration that has begun and not ended, which is what a failed one looks like.
 */
async function alone<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'switchboard-migrate', connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // A server that goes away fails the engine's connection too, and that one tells.
  await client.connect();
  try {
    await untilLocked(client);
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Tries instead of waiting inside the server: a waiting statement holds a snapshot, and building an index concurrently waits for every snapshot, so the two
 * would wait for each other.
 */
async function untilLocked(client: pg.Client): Promise<void> {
  for (let waited = 0; ; waited += LOCK_EVERY_MS) {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
    if (rows[0]?.locked === true) return;
    if (waited >= LOCK_PATIENCE_MS)
      throw new Error('Another process has been migrating this database for two minutes. Try again when it is done.');
    await delay(LOCK_EVERY_MS);
  }
}

/**
 * Brings the database at `url` to the schema of this code and returns the names of the migrations it applied, oldest first ([] when there was
 * nothing to do). The table `_prisma_migrations` is Prisma's own, so `npx prisma migrate deploy` may be used before or after. Two runs at once wait
 * for each other.
 *
 * @throws SchemaTooNewError when the database was migrated by newer code; nothing was changed
 * @throws MigrationHistoryError when an earlier migration failed half way
 */
export async function migrate(url: string, folder: string): Promise<string[]> {
  const migrationsList = await readMigrations(folder);
  const known = migrationsList.migrationDirectories.map(({ path }) => path);
  return await alone(url, async (client) => {
    const unknown = await unknownMigrations(client, known);
    if (unknown.length > 0) throw new SchemaTooNewError(unknown);
    return await withSchemaEngine(url, undefined, async (engine) => await applyMissing(engine, migrationsList));
  });
}

async function applyMissing(engine: SchemaEngine, migrationsList: MigrationList): Promise<string[]> {
  const { failedMigrationNames } = await engine.diagnoseMigrationHistory({
    migrationsList,
    optInToShadowDatabase: false,
    filters: NO_FILTER,
  });
  if (failedMigrationNames.length > 0) {
    throw new MigrationHistoryError(
      `Migration ${failedMigrationNames.join(', ')} failed earlier and was left half done. See https://www.prisma.io/docs/orm/prisma-migrate/workflows/patching-and-hotfixing, then start again.`,
    );
  }
  const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTER });
  return appliedMigrationNames;
}
