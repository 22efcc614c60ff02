import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { inject } from 'vitest';

import { ensureDatabase } from '../embedded/ensure-database.ts';
import { migrationsFolder } from '../migrations/folder.ts';

/** Creates an empty database on the test run's server. */
export async function createEmptyDatabase(): Promise<string> {
  const name = `migrate_${randomUUID().replaceAll('-', '')}`;
  await ensureDatabase(inject('databaseServer'), name);
  const url = new URL(inject('databaseServer'));
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs SQL on a new connection and returns the rows. */
export async function queryOnce<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Temporary folders of migrations, deleted by `remove`. */
export class MigrationFolders {
  readonly #scratch: string;

  private constructor(scratch: string) {
    this.#scratch = scratch;
  }

  static async make(): Promise<MigrationFolders> {
    return new MigrationFolders(await mkdtemp(join(tmpdir(), 'switchboard-migrations-')));
  }

  /** A folder with our migrations and more (name → SQL), as a newer version would have. */
  async withMore(more: Readonly<Record<string, string>>): Promise<string> {
    const folder = join(this.#scratch, randomUUID());
    await cp(migrationsFolder(), folder, { recursive: true });
    for (const [name, sql] of Object.entries(more)) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'migration.sql'), sql);
    }
    return folder;
  }

  async remove(): Promise<void> {
    await rm(this.#scratch, { recursive: true, force: true });
  }
}
