import { Prisma } from './generated/client.ts';
import type { Transaction } from './transact.ts';

/** The database lacks something that saving requires; the message says what. */
export class CannotSaveError extends Error {
  override readonly name = 'CannotSaveError';
}

/** The unique keys (table and columns) that prevent duplicate messages and duplicate numbers. */
const KEYS: readonly (readonly [table: string, ...columns: string[]])[] = [
  ['ChatMessage', 'id'],
  ['ChatMessage', 'clientId', 'senderType', 'messageKey'],
  ['ChatMessage', 'clientId', 'seq'],
  ['Client', 'id'],
  ['ChatSession', 'id'],
  ['ChatSession', 'clientSocketId'],
];

/** A valid unique index. */
interface Key extends Record<string, unknown> {
  readonly table: string;
  readonly columns: string[];
}

/** The statements that must succeed for a message to be saved. They run in a transaction that is rolled back. */
const SMALL_WORK_MEM = Prisma.sql`SET LOCAL work_mem = '64kB'`;
/** Needs more memory than that, so the server writes a temporary file: this detects a full disk without leaving a row to clean up. */
const USE_TEMPORARY_FILE = Prisma.sql`SELECT count(*) FROM generate_series(1, 20000)`;
const WRITE = Prisma.sql`INSERT INTO "Installation" ("id", "epoch") VALUES (1, gen_random_uuid()) ON CONFLICT ("id") DO UPDATE SET "epoch" = "Installation"."epoch"`;
const READ_KEYS = Prisma.sql`
  SELECT t.relname::text AS "table", array_agg(a.attname::text) AS columns
  FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey)
  WHERE t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND i.indisunique AND i.indisvalid AND i.indisready AND i.indpred IS NULL
  GROUP BY t.relname, i.indexrelid`;

/** Thrown to roll back the transaction. */
class RolledBack extends Error {}

/**
 * Resolves when a message could be saved now: the server accepts writes, has disk space, and has the unique keys that prevent duplicates. Changes nothing.
 *
 * @throws CannotSaveError when a key is missing, and the database's error when it refuses the write
 */
export async function canSave(transact: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>): Promise<void> {
  let keys: Key[] = [];
  try {
    await transact(async (tx) => {
      const statements = [SMALL_WORK_MEM, USE_TEMPORARY_FILE, WRITE].map(async (statement) => await tx.query(statement));
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
