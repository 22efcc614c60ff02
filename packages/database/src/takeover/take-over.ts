import { createHash, randomUUID } from 'node:crypto';

import type pg from 'pg';

import { MigrationBlockedError } from '../migrations/errors.ts';
import { ensureHistory, readHistory } from '../migrations/history.ts';
import type { Migration } from '../migrations/list.ts';
import { describeOpenTransactions, isLockError } from '../migrations/locks.ts';
import { splitStatements } from '../migrations/sql-statements.ts';
import { type Column, type Index, readEnums, readIndexes, readTables } from './catalog.ts';
import { checkRows } from './check-rows.ts';
import { RENAMED_SUFFIX, planTable } from './plan-table.ts';
import { DERIVED } from './sessions.ts';
import { TARGET_COLUMNS } from './target-columns.ts';

/** An installation of the guide can't be taken over. Nothing was changed; the message lists the obstacles. */
export class TakeOverError extends Error {
  override readonly name = 'TakeOverError';
  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(
      `The database contains an installation of the backend implementation guide that can't be taken over yet: ${problems.join('; ')}. Nothing was changed.`,
      options,
    );
  }
}

const LOCK_TIMEOUT_MS = 10_000;
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  MessageSenderType: ['CLIENT', 'OPERATOR'],
  MessageType: ['TEXT', 'IMAGE'],
  ClientStatus: ['ACTIVE', 'ENDED'],
  UserRole: ['OPERATOR', 'ADMIN'],
};
const GUIDE = ['ChatMessage', 'Client', 'User'] as const;
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Converts an installation of the guide to the schema of our first migration, in one transaction. It keeps every row with its id, and records the first
 * migration as applied; the later ones follow as usual. Returns sentences for the administrator.
 *
 * @param migrations our migrations, oldest first
 * @throws TakeOverError when there are obstacles, MigrationBlockedError when others use the tables; nothing was changed
 */
export async function takeOver(client: pg.Client, migrations: readonly Migration[]): Promise<string[]> {
  const [first, ...later] = migrations;
  if (first === undefined) return [];
  await client.query(
    `BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`,
  );
  try {
    const notes = await change(client, first, later);
    await client.query('COMMIT');
    return notes;
  } catch (error) {
    await client.query('ROLLBACK');
    if (isLockError(error))
      throw new MigrationBlockedError(
        `The tables can't be taken over while others use them: ${await describeOpenTransactions(client)}. Stop the old application and run this again. Nothing was changed.`,
        { cause: error },
      );
    if (error instanceof TakeOverError || !(error instanceof Error) || !('severity' in error)) throw error;
    throw new TakeOverError([`PostgreSQL refused a step (${error.message})`], { cause: error });
  }
}

async function change(client: pg.Client, first: Migration, later: readonly Migration[]): Promise<string[]> {
  const tables = await readTables(client);
  const present = GUIDE.filter((name) => tables.has(name));
  await client.query(`LOCK TABLE ${present.map(quote).join(', ')} IN ACCESS EXCLUSIVE MODE`);
  const made = createdNames(first, later);
  const problems = [...(await checkRows(client, tables)), ...collisions(tables, made.tables), ...(await halfDone(client))];
  const enums = await readEnums(client);
  const plans = present.map((name) => {
    const columns = withLabelsCompared(tables.get(name) ?? new Map());
    return planTable(
      name,
      columns,
      TARGET_COLUMNS[name],
      made.columns.filter(([table, column]) => table === name && columns.has(column)).map(([, column]) => column),
    );
  });
  problems.push(...plans.flatMap((plan) => plan.problems));
  if (problems.length > 0) throw new TakeOverError(problems);

  const notes = plans.flatMap((plan) => plan.notes);
  const run = async (sql: string) => await client.query(sql);
  for (const name of made.types)
    if (enums.has(name) && !isOurs(name, enums.get(name))) await run(`ALTER TYPE ${quote(name)} RENAME TO ${quote(name + RENAMED_SUFFIX)}`);
  for (const name of Object.keys(ENUMS))
    if (!isOurs(name, enums.get(name)))
      await run(`CREATE TYPE ${quote(name)} AS ENUM (${ENUMS[name]?.map((label) => `'${label}'`).join(', ')})`);
  for (const index of await readIndexes(client)) notes.push(...(await clearIndex(client, index, made)));
  for (const statement of plans.flatMap((plan) => plan.statements)) await run(statement);
  for (const name of present) await ensureNumbers(client, name, tables.get(name)?.get('id'));
  if (present.includes('User')) await run(`UPDATE "User" SET email = lower(btrim(email)) WHERE email <> lower(btrim(email))`);
  for (const statement of splitStatements(first.sql)) await runMissing(client, statement, present);
  for (const statement of DERIVED) await run(statement);
  await recordApplied(client, first);
  return [...(await describeWork(client)), ...notes.map((note) => `${note}.`)];
}

/** The names of the objects that our migrations create. */
interface CreatedNames {
  readonly tables: readonly string[];
  readonly types: readonly string[];
  /** Columns that later migrations add. */
  readonly columns: readonly (readonly [table: string, column: string])[];
  readonly indexes: readonly string[];
}

function createdNames(first: Migration, later: readonly Migration[]): CreatedNames {
  const statements = [first, ...later].flatMap(({ sql }) => splitStatements(sql));
  const all = (pattern: RegExp, of = statements) => of.flatMap((statement) => pattern.exec(statement)?.[1] ?? []);
  const columns = later
    .flatMap(({ sql }) => splitStatements(sql))
    .flatMap((statement) => {
      const table = /^ALTER TABLE "([^"]+)"/.exec(statement)?.[1];
      return table === undefined
        ? []
        : [...statement.matchAll(/ADD COLUMN\s+"([^"]+)"/g)].map(([, column = '']) => [table, column] as const);
    });
  return {
    tables: all(/^CREATE TABLE "([^"]+)"/),
    types: all(/^CREATE TYPE "([^"]+)"/),
    columns,
    indexes: all(/^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?"([^"]+)"/),
  };
}

function collisions(tables: ReadonlyMap<string, unknown>, made: readonly string[]): string[] {
  const taken = made.filter((name) => tables.has(name) && !GUIDE.some((known) => known === name));
  if (taken.length === 0) return [];
  const names = taken.map((name) => `"${name}"`).join(', ');
  return [
    `${taken.length === 1 ? 'a table' : 'tables'} named ${names}, which Switchboard creates, ${taken.length === 1 ? 'exists' : 'exist'} already (rename ${taken.length === 1 ? 'it' : 'them'})`,
  ];
}

/** An enum with one of our names but other labels is not ours: its columns get a type name that none of our types has. */
function withLabelsCompared(columns: ReadonlyMap<string, Column>): Map<string, Column> {
  return new Map(
    [...columns].map(([name, column]) => [
      name,
      column.labels === null || isOurs(column.type, column.labels) ? column : { ...column, type: column.type + RENAMED_SUFFIX },
    ]),
  );
}

function isOurs(name: string, labels: readonly string[] | null | undefined): boolean {
  const ours = ENUMS[name];
  return ours !== undefined && labels?.length === ours.length && ours.every((label) => labels.includes(label));
}

async function halfDone(client: pg.Client): Promise<string[]> {
  const names = (await readHistory(client)).flatMap(({ name, finished }) => (finished ? [] : [name]));
  return names.length === 0 ? [] : [`its own migration ${names.join(', ')} failed halfway (see "prisma migrate resolve")`];
}

/**
 * Removes or renames an index that has one of our names (ours is created later), or that would reject rows of Switchboard: two visitors may have the same
 * telephone number.
 */
async function clearIndex(
  client: pg.Client,
  { name, table, unique, primary, constraint, columns }: Index,
  made: CreatedNames,
): Promise<string[]> {
  const ofGuide = GUIDE.find((known) => known === table);
  const hasOurName = made.indexes.includes(name) && !(primary || (name === 'User_email_key' && unique));
  const refuses =
    ofGuide !== undefined &&
    unique &&
    !primary &&
    !(ofGuide === 'User' && columns.join(',') === 'email') &&
    columns.some((column) => TARGET_COLUMNS[ofGuide].some((wanted) => wanted.name === column));
  if (hasOurName && ofGuide === undefined) await client.query(`ALTER INDEX ${quote(name)} RENAME TO ${quote(name + RENAMED_SUFFIX)}`);
  else if (hasOurName || refuses)
    await client.query(
      constraint === null ? `DROP INDEX ${quote(name)}` : `ALTER TABLE ${quote(table)} DROP CONSTRAINT ${quote(constraint)}`,
    );
  return refuses ? [`${table} (${columns.join(', ')}) no longer has to be unique (${name} was dropped)`] : [];
}

/** Ensures that new rows get new ids. */
async function ensureNumbers(client: pg.Client, table: string, id: Column | undefined): Promise<void> {
  const [name, sequence] = [quote(table), quote(`${table}_id_seq`)];
  if (id?.hasDefault !== true)
    await client.query(
      `CREATE SEQUENCE ${sequence} AS integer OWNED BY ${name}."id"; ALTER TABLE ${name} ALTER COLUMN "id" SET DEFAULT nextval('${sequence}')`,
    );
  await client.query(
    `SELECT setval(s, GREATEST(nextval(s), (SELECT max("id") + 1 FROM ${name})), false) FROM pg_get_serial_sequence('${name}', 'id') s WHERE s IS NOT NULL`,
  );
}

/** Runs a statement of our first migration, unless the object that it creates exists. */
async function runMissing(client: pg.Client, statement: string, present: readonly string[]): Promise<void> {
  const table = /^CREATE TABLE "([^"]+)"/.exec(statement)?.[1];
  if (/^CREATE (?:SCHEMA|TYPE)\b/.test(statement) || (table !== undefined && present.includes(table))) return;
  const [, of, constraint] = /^ALTER TABLE ("[^"]+") ADD CONSTRAINT ("[^"]+")/.exec(statement) ?? [];
  if (of !== undefined && constraint !== undefined) await client.query(`ALTER TABLE ${of} DROP CONSTRAINT IF EXISTS ${constraint}`);
  await client.query(statement.replace(/^(CREATE UNIQUE INDEX) ("User_email_key")/, '$1 IF NOT EXISTS $2'));
}

/** Records a migration like Prisma, with the checksum that Prisma compares. */
async function recordApplied(client: pg.Client, { name, sql }: Migration): Promise<void> {
  await ensureHistory(client);
  const checksum = createHash('sha256').update(sql).digest('hex');
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
}

async function describeWork(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ messages: number; clients: number; users: number; nameless: number }>(
    `SELECT (SELECT count(*)::int FROM "ChatMessage") AS messages, (SELECT count(*)::int FROM "Client") AS clients, (SELECT count(*)::int FROM "User") AS users,
      (SELECT count(*)::int FROM "User" WHERE email LIKE '%@switchboard.invalid') AS nameless`,
  );
  const { messages = 0, clients = 0, users = 0, nameless = 0 } = rows[0] ?? {};
  return [
    `Took over an installation of the backend implementation guide: ${messages} messages, ${clients} visitors, ${users} operators. Times without a zone were read as UTC.`,
    ...(users === 0
      ? []
      : [
          'Operators keep their messages and names; each can sign in as soon as "npm run switchboard -- operator password --email E --password P" has given them a password (until then "operator list" says "removed").',
        ]),
    ...(nameless === 0
      ? []
      : [`${nameless} of them had no e-mail address and got one that ends in @switchboard.invalid ("operator list" shows them).`]),
  ];
}
