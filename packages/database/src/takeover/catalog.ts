import type pg from 'pg';

/** A column in PostgreSQL's catalog. */
export interface Column {
  readonly name: string;
  /** The type's SQL name (`timestamp without time zone`), or the name of an enum. */
  readonly type: string;
  /** The labels of an enum. */
  readonly labels: readonly string[] | null;
  readonly nullable: boolean;
  /** Whether the database fills it: a default, an identity, or a generated column. */
  readonly hasDefault: boolean;
  readonly generated: boolean;
}

export type Table = ReadonlyMap<string, Column>;

/** The tables of our schema with their columns, without those of extensions. */
export async function readTables(client: pg.Client): Promise<Map<string, Map<string, Column>>> {
  const { rows } = await client.query<Column & { table: string }>(`
    SELECT c.relname::text AS "table", a.attname::text AS name,
      CASE t.typtype WHEN 'e' THEN t.typname::text ELSE format_type(t.oid, NULL) END AS type,
      (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
      NOT a.attnotnull AS nullable, a.atthasdef OR a.attidentity <> '' AS "hasDefault", a.attgenerated <> '' AS generated
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname, a.attnum`);
  const tables = new Map<string, Map<string, Column>>();
  for (const { table, ...column } of rows) {
    const columns = tables.get(table) ?? new Map<string, Column>();
    tables.set(table, columns.set(column.name, column));
  }
  return tables;
}

/** The enums of our schema with their labels. */
export async function readEnums(client: pg.Client): Promise<Map<string, readonly string[]>> {
  const { rows } = await client.query<{ name: string; labels: string[] }>(`
    SELECT t.typname::text AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
    WHERE t.typnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) GROUP BY t.typname`);
  return new Map(rows.map(({ name, labels }) => [name, labels]));
}

/** An index of our schema. */
export interface Index {
  readonly name: string;
  readonly table: string;
  readonly unique: boolean;
  readonly primary: boolean;
  /** The constraint that it implements. */
  readonly constraint: string | null;
  readonly columns: readonly string[];
}

export async function readIndexes(client: pg.Client): Promise<Index[]> {
  const { rows } = await client.query<Index>(`
    SELECT c.relname::text AS name, t.relname::text AS "table", i.indisunique AS "unique", i.indisprimary AS "primary",
      (SELECT conname::text FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('u', 'p', 'x') LIMIT 1) AS "constraint",
      ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)) AS columns
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())`);
  return rows;
}
