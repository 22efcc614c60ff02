import type { Database } from '@switchboard/database';

import { fail, ok, type Outcome } from '../outcome.ts';
import { readMigrations } from './migrations.ts';

/** An index that a migration creates. */
interface Expected {
  readonly name: string;
  readonly unique: boolean;
  /** The rest of the statement after CREATE INDEX and the name. */
  readonly on: string;
}

interface Found {
  readonly name: string;
  readonly valid: boolean;
  readonly unique: boolean;
}

const CREATE = /^CREATE (UNIQUE )?INDEX (?:CONCURRENTLY )?"([^"]+)" (ON [^;]+);/gm;
const DROP = /^DROP INDEX (?:CONCURRENTLY )?(?:IF EXISTS )?"([^"]+)"/gm;

/** The indexes that exist after all migrations. */
async function expectedIndexes(migrationsFolder: string): Promise<Expected[]> {
  const expected = new Map<string, Expected>();
  for (const sql of await readMigrations(migrationsFolder)) {
    for (const [, name = ''] of sql.matchAll(DROP)) expected.delete(name);
    for (const [, unique, name = '', on = ''] of sql.matchAll(CREATE)) expected.set(name, { name, unique: unique !== undefined, on });
  }
  return [...expected.values()];
}

/** Whether every index and unique key exists and is valid. Without indexes queries are slow; without unique keys messages can be duplicated. */
export async function checkIndexes({ prisma }: Pick<Database, 'prisma'>, migrationsFolder: string): Promise<Outcome> {
  const expected = await expectedIndexes(migrationsFolder);
  const found = await prisma.$queryRaw<Found[]>`
    SELECT c.relname::text AS name, i.indisvalid AND i.indisready AS valid, i.indisunique AS "unique"
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())`;
  const byName = new Map(found.map((index) => [index.name, index]));
  const missing = expected.filter(({ name }) => !byName.has(name));
  const broken = expected.filter(({ name, unique }) => byName.get(name)?.valid === false || (unique && byName.get(name)?.unique === false));
  if (missing.length + broken.length === 0) return ok(`${expected.length}`);
  const problems = [
    ...(missing.length > 0 ? [`${list(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`] : []),
    ...(broken.length > 0 ? [`${list(broken)} ${broken.length === 1 ? 'is' : 'are'} invalid or not unique`] : []),
  ];
  const statements = [...broken.map(({ name }) => `DROP INDEX "${name}";`), ...[...broken, ...missing].map(creation)];
  return fail(problems.join(', and '), `In psql: ${statements.join(' ')}`);
}

const list = (indexes: readonly Expected[]) => indexes.map(({ name }) => name).join(', ');

function creation({ name, unique, on }: Expected): string {
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY "${name}" ${on.replaceAll(/\s+/g, ' ')};`;
}
