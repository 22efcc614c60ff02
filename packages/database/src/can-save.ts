import { Prisma } from './generated/client.ts';
import type { Transaction } from './transact.ts';

/** The database lacks what saving rests on; the message is a sentence about it. */
export class CannotSaveError extends Error {
  override readonly name = 'CannotSaveError';
}

/** Tables and the columns of their unique keys without which a message is saved twice, or under a number that another one has. */
const KEYS: readonly (readonly [table: string, ...columns: string[]])[] = [
  ['ChatMessage', 'id'],
  ['ChatMessage', 'clientId', 'senderType', 'messageKey'],
  ['ChatMessage', 'clientId', 'seq'],
  ['Client', 'id'],
  ['ChatSession', 'id'],
  ['ChatSession', 'clientSocketId'],
];

/** One unique index that is in use. */
interface Key extends Record<string, unknown> {
  readonly table: string;
  readonly columns: string[];
}

/** Statements that must be possible for a message to be saved: each in a transaction that is rolled back. */
const LITTLE_MEMORY = Prisma.sql`SET LOCAL work_mem = '64kB'`;
/** More than fits into that, so the server has to write a file: a full disk shows, without a row that would have to be cleared away. */
const TAKE_SPACE = Prisma.sql`SELECT count(*) FROM generate_series(1, 20000)`;
const WRITE = Prisma.sql`INSERT INTO "Installation" ("id", "epoch") VALUES (1, gen_random_uuid()) ON CONFLICT ("id") DO UPDATE SET "epoch" = "Installation"."epoch"`;
const READ_KEYS = Prisma.sql`
  SELECT t.relname::text AS "table", array_agg(a.attname::text) AS columns
  FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey)
  WHERE t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND i.indisunique AND i.indisvalid AND i.indisready AND i.indpred IS NULL
  GROUP BY t.relname, i.indexrelid`;

/** Thrown to roll back. */
class RolledBack extends Error {}

/**
 * Resolves when a message could be saved at this moment: the server takes writes and has space for them, and has the unique keys that saving once and
 * in order rests on. Leaves nothing.
 *
 * @throws CannotSaveError when a key is missing, and whatever the database says when it does not take the write
 */
export async function canSave(transact: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>): Promise<void> {
  let keys: Key[] = [];
  try {
    await transact(async (tx) => {
      const statements = [LITTLE_MEMORY, TAKE_SPACE, WRITE].map(async (statement) => await tx.query(statement));
      [keys] = await Promise.all([tx.query<Key>(READ_KEYS), ...statements]);
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  const found = new Set(keys.map(({ table, columns }) => nameOf(table, columns)));
  const missing = KEYS.map(([table, ...columns]) => nameOf(table, columns)).filter((name) => !found.has(name));
  if (missing.length > 0)
    throw new CannotSaveError(`The database has no unique key on ${missing.join(' and on ')}, so messages could be saved twice.`);
}

function nameOf(table: string, columns: readonly string[]): string {
  return `"${table}" (${columns.toSorted().join(', ')})`;
}
