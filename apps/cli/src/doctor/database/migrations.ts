import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Database, describeSchema } from '@switchboard/database';

import { fail, ok, type Outcome } from '../outcome.ts';

const MIGRATE = 'Run "npm run switchboard -- migrate" (npm start does it automatically).';

interface Row {
  readonly name: string;
  readonly finished: boolean;
}

/** The names of this version's migrations, oldest first. */
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

/** Whether all migrations of this version are completely applied, and the database has no incompatible ones. */
export async function checkMigrations({ prisma }: Pick<Database, 'prisma'>, url: string, folder: string): Promise<Outcome> {
  const { kind, message } = await describeSchema(url, folder);
  if (kind === 'empty') return fail('the database has no tables yet', MIGRATE);
  if (kind === 'guide')
    return fail('it contains an installation of the backend implementation guide', `${MIGRATE} That takes it over with every row.`);
  if (kind !== 'ours') {
    const [problem = message, ...advice] = message.split(/(?<=\.) (?=[A-Z])/);
    return fail(problem.replace(/\.$/, ''), advice.join(' '));
  }
  const known = await listMigrations(folder);
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT migration_name AS name, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`;
  const halfDone = rows.filter(({ finished }) => !finished).map(({ name }) => name);
  if (halfDone.length > 0)
    return fail(
      `${halfDone.join(', ')} started and did not finish`,
      'If no migration is running: run "npm run switchboard -- migrate", which retries it.',
    );
  const missing = known.filter((name) => !rows.some((row) => row.name === name));
  if (missing.length > 0) return fail(`${missing.join(', ')} is not applied`, MIGRATE);
  return ok(known.at(-1));
}
