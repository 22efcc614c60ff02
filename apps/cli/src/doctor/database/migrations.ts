import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Database, isAdditive } from '@switchboard/database';

import { fail, ok, type Outcome } from '../outcome.ts';

const MIGRATE = 'Run "npm run switchboard -- migrate" (npm start does it by itself).';

interface Row {
  readonly name: string;
  readonly finished: boolean;
}

/** Names of this version's migrations, oldest first. */
async function listMigrations(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** The SQL of this version's migrations, oldest first. */
export async function readMigrations(folder: string): Promise<string[]> {
  const names = await listMigrations(folder);
  return await Promise.all(names.map(async (name) => await readFile(join(folder, name, 'migration.sql'), 'utf8')));
}

/** Whether the database has all migrations of this version, whole, and none of a newer one that this version can't live with. */
export async function checkMigrations({ prisma }: Pick<Database, 'prisma'>, folder: string): Promise<Outcome> {
  const known = await listMigrations(folder);
  const [table] = await prisma.$queryRaw<{ found: string | null }[]>`SELECT to_regclass('_prisma_migrations')::text AS found`;
  if (table?.found == null) return fail('the database has no tables yet', MIGRATE);
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT migration_name AS name, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`;
  const halfDone = rows.filter(({ finished }) => !finished).map(({ name }) => name);
  if (halfDone.length > 0)
    return fail(
      `${halfDone.join(', ')} began and did not end`,
      'If nothing migrates at this moment: run "npm run switchboard -- migrate", which tries it again.',
    );
  const unknown = rows.filter(({ name }) => !known.includes(name) && !isAdditive(name)).map(({ name }) => name);
  if (unknown.length > 0)
    return fail(
      `the database was migrated by a newer version of Switchboard (${unknown.join(', ')})`,
      'Run that version, or restore a backup from before it.',
    );
  const missing = known.filter((name) => !rows.some((row) => row.name === name));
  if (missing.length > 0) return fail(`${missing.join(', ')} is not applied`, MIGRATE);
  return ok(known.at(-1));
}
