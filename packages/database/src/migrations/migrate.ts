import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { MigrationList } from '@prisma/schema-engine-wasm';
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
async function unknownMigrations(url: string, known: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const table = await client.query<{ found: string | null }>(`SELECT to_regclass('_prisma_migrations')::text AS found`);
    if (table.rows[0]?.found == null) return [];
    const applied = await client.query<{ migration_name: string }>(
      'SELECT migration_name FROM _prisma_migrations WHERE rolled_back_at IS NULL AND NOT (migration_name = ANY($1)) ORDER BY started_at',
      [known],
    );
    return applied.rows.map((row) => row.migration_name);
  } finally {
    await client.end();
  }
}

/**
 * Brings the database at `url` to the schema of this code and returns the names of the migrations it applied, oldest first ([] when there was
 * nothing to do). The table `_prisma_migrations` is Prisma's own, so `npx prisma migrate deploy` may be used before or after. Two runs at once wait
 * for each other (the engine takes an advisory lock).
 *
 * @throws SchemaTooNewError when the database was migrated by newer code; nothing was changed
 * @throws MigrationHistoryError when an earlier migration failed half way
 */
export async function migrate(url: string, folder: string): Promise<string[]> {
  const migrationsList = await readMigrations(folder);
  const unknown = await unknownMigrations(
    url,
    migrationsList.migrationDirectories.map(({ path }) => path),
  );
  if (unknown.length > 0) throw new SchemaTooNewError(unknown);
  return await withSchemaEngine(url, undefined, async (engine) => {
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
  });
}
