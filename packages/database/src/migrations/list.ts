import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { MigrationList } from '@prisma/schema-engine-wasm';

/** A migration of this version. */
export interface Migration {
  /** The name of its folder, which is also its name in the database's history. */
  readonly name: string;
  readonly sql: string;
}

/** The migrations in `folder` (Prisma's layout: one folder each, with `migration.sql`), oldest first. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
  return await Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(folder, name, 'migration.sql'), 'utf8') })));
}

/** The same in the format of Prisma's schema engine. */
export async function toMigrationList(folder: string, migrations: readonly Migration[]): Promise<MigrationList> {
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: await readFile(join(folder, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  };
}

/**
 * Whether a migration only adds what older versions can ignore. Its name says so (`<timestamp>_additive_<what>`), so that an older version can read it from the
 * database. `rules.ts` defines what such a migration may contain.
 */
export function isAdditive(name: string): boolean {
  return /^\d+_additive_/.test(name);
}
