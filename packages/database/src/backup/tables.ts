import pg from 'pg';

import { Prisma } from '../generated/client.ts';
import type { TableShape } from './manifest.ts';

export const HISTORY = '_prisma_migrations';

/**
 * Tables that are not part of backups; a restore empties them. Operators' sessions and sign-in links grant access, so one that was ended after the backup must
 * not come back. Jobs have effects outside the database, so one that was done after the backup must not be repeated.
 */
export const NOT_KEPT: readonly string[] = ['AuthSession', 'AuthVerification', 'Job'] satisfies Prisma.ModelName[];

const OURS: readonly string[] = [...Object.values(Prisma.ModelName), HISTORY];

/** The names of Switchboard's tables in the database. Other tables in the same schema are ignored. */
export async function listTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p') AND relname = ANY($1)
     ORDER BY relname COLLATE "C"`,
    [OURS],
  );
  return rows.map(({ name }) => name);
}

/** The columns of these tables, in order, without generated ones. */
export async function readShapes(client: pg.Client, tables: readonly string[]): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(
    `SELECT relname AS name, array_agg(attname::text ORDER BY attnum) AS columns
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
     WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relname = ANY($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     GROUP BY relname ORDER BY relname COLLATE "C"`,
    [tables],
  );
  return rows;
}

/** A sequence that numbers a column. */
export interface SequenceOf {
  /** The quoted name, for SQL. */
  readonly sequence: string;
  readonly table: string;
  readonly column: string;
  readonly max: number;
  /** The last number it gave out, 0 when it has not been used. */
  readonly last: number;
}

export async function readSequences(client: pg.Client, tables: readonly string[]): Promise<SequenceOf[]> {
  const { rows } = await client.query<SequenceOf>(
    `SELECT quote_ident(pg_sequences.schemaname) || '.' || quote_ident(sequencename) AS sequence, owner.relname AS table, attname AS column,
            max_value::float8 AS max, coalesce(last_value, 0)::float8 AS last
     FROM pg_sequences
     JOIN pg_class AS own ON own.relname = sequencename AND own.relnamespace = quote_ident(schemaname)::regnamespace
     JOIN pg_depend ON objid = own.oid AND pg_depend.classid = 'pg_class'::regclass AND deptype IN ('a', 'i')
     JOIN pg_class AS owner ON owner.oid = refobjid
     JOIN pg_attribute ON attrelid = owner.oid AND attnum = refobjsubid
     WHERE schemaname = current_schema() AND owner.relname = ANY($1)
     ORDER BY 2, 3`,
    [tables],
  );
  return rows;
}

/** A foreign key. */
export interface ForeignKey {
  readonly table: string;
  readonly name: string;
  /** `FOREIGN KEY (…) REFERENCES …` */
  readonly definition: string;
}

export async function readForeignKeys(client: pg.Client, tables: readonly string[]): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `SELECT relname AS table, conname AS name, pg_get_constraintdef(pg_constraint.oid) AS definition
     FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE contype = 'f' AND conparentid = 0 AND relnamespace = quote_ident(current_schema())::regnamespace AND relname = ANY($1)
     ORDER BY relname, conname`,
    [tables],
  );
  return rows;
}

/** An index that does not belong to a constraint. */
export interface PlainIndex {
  /** The quoted name, for SQL. */
  readonly name: string;
  /** The statement that creates it. */
  readonly definition: string;
}

export async function readPlainIndexes(client: pg.Client, tables: readonly string[]): Promise<PlainIndex[]> {
  const { rows } = await client.query<PlainIndex>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
     FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
     WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relname = ANY($1)
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
     ORDER BY 1`,
    [tables],
  );
  return rows;
}

/** The names of the applied migrations, without those rolled back, oldest first; [] for a database that was never migrated. */
export async function readApplied(client: pg.Client): Promise<string[]> {
  const table = await client.query<{ found: string | null }>('SELECT to_regclass($1)::text AS found', [HISTORY]);
  if (table.rows[0]?.found == null) return [];
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

const quote = (name: string) => pg.escapeIdentifier(name);
const columnList = ({ name, columns }: TableShape) => `${quote(name)} (${columns.map(quote).join(', ')})`;

export const copyToSql = (table: TableShape): string => `COPY ${columnList(table)} TO STDOUT`;
export const copyFromSql = (table: TableShape): string => `COPY ${columnList(table)} FROM STDIN`;
export const quoteAll = (tables: readonly string[]): string => tables.map(quote).join(', ');
