import pg from 'pg';

import { copyIn, CopyOut } from './copy.ts';
import { BackupError } from './errors.ts';
import { type End, type Manifest, TABLES, type TableShape } from './manifest.ts';
import { readBackup } from './read.ts';
import { copyFromSql, copyToSql, HISTORY, listTables, quoteAll, readForeignKeys, readPlainIndexes, readShapes } from './tables.ts';

/** A part of one table's rows. */
export interface Rows {
  readonly table: TableShape;
  readonly data: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** All rows of a backup. The checksum is compared at the end, so read it to the end before committing. */
export async function* rowsOfFile(file: string, { tables }: Manifest): AsyncGenerator<Rows> {
  for await (const { name, content } of readBackup(file)) {
    if (!name.startsWith(TABLES)) continue;
    const of = name.slice(TABLES.length).replace(/\/\d+$/, '');
    const table = tables.find((known) => known.name === of);
    if (table === undefined) throw new BackupError(`The backup contains rows of a table that its manifest does not list (${of}).`);
    yield { table, data: content };
  }
}

/** All rows of another database's tables. */
export async function* rowsOfDatabase(client: pg.Client, tables: readonly TableShape[]): AsyncGenerator<Rows> {
  for (const table of tables) {
    const copy = new CopyOut(copyToSql(table));
    client.query(copy);
    yield { table, data: copy.blocks() };
  }
}

/**
 * Replaces the content of Switchboard's tables with these rows. Call it in a transaction. It drops foreign keys first and adds them again at the end, which
 * checks all rows at once, so the order of tables does not matter. It does the same with indexes, which are much faster to build after the rows are loaded.
 *
 * @param expected the number of rows of each table, where it is known
 * @returns the columns, as `Table.column`, that are in the backup but not in this schema: they were added to the old database by hand, and are left out
 * @throws BackupError when rows are missing
 */
export async function fillTables(client: pg.Client, source: AsyncIterable<Rows>, expected?: End['rows']): Promise<string[]> {
  const tables = await listTables(client);
  const keys = await readForeignKeys(client, tables);
  const alter = ({ table }: { table: string }) => `ALTER TABLE ${pg.escapeIdentifier(table)}`;
  for (const key of keys) await client.query(`${alter(key)} DROP CONSTRAINT ${pg.escapeIdentifier(key.name)}`);
  const indexes = await readPlainIndexes(client, tables);
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  await client.query(`TRUNCATE ${quoteAll(tables)}`);
  const loaded: Record<string, number> = {};
  const extra = new ExtraColumns(client, await readShapes(client, tables));
  for await (const { table, data } of source) {
    if (!tables.includes(table.name))
      throw new BackupError(`The backup contains a table that its version of Switchboard does not have (${table.name}).`);
    await extra.add(table);
    loaded[table.name] = (loaded[table.name] ?? 0) + (await copyIn(client, copyFromSql(table), data));
  }
  for (const [table, rows] of Object.entries(expected ?? {}))
    if ((loaded[table] ?? 0) !== rows)
      throw new BackupError(`Only ${loaded[table] ?? 0} of the ${rows} rows of ${table} in the backup could be read. Nothing was changed.`);
  await extra.remove();
  // Unfinished migrations of the other database say nothing about this schema, and would block later migrations.
  await client.query(`DELETE FROM ${HISTORY} WHERE finished_at IS NULL OR rolled_back_at IS NOT NULL`);
  for (const { definition } of indexes) await client.query(definition);
  for (const key of keys) await client.query(`${alter(key)} ADD CONSTRAINT ${pg.escapeIdentifier(key.name)} ${key.definition}`);
  return extra.names;
}

/** Columns that are in a backup but not in the schema. They exist only while rows are loaded, since COPY can't skip a value. */
class ExtraColumns {
  readonly #client: pg.Client;
  readonly #known: Map<string, readonly string[]>;
  readonly #added: { readonly table: string; readonly column: string }[] = [];

  constructor(client: pg.Client, shapes: readonly TableShape[]) {
    this.#client = client;
    this.#known = new Map(shapes.map(({ name, columns }) => [name, columns]));
  }

  get names(): string[] {
    return this.#added.map(({ table, column }) => `${table}.${column}`);
  }

  async add({ name, columns }: TableShape): Promise<void> {
    for (const column of columns.filter((wanted) => this.#known.get(name)?.includes(wanted) !== true)) {
      await this.#client.query(`ALTER TABLE ${pg.escapeIdentifier(name)} ADD COLUMN ${pg.escapeIdentifier(column)} TEXT`);
      this.#added.push({ table: name, column });
    }
    this.#known.set(name, columns);
  }

  async remove(): Promise<void> {
    for (const { table, column } of this.#added)
      await this.#client.query(`ALTER TABLE ${pg.escapeIdentifier(table)} DROP COLUMN ${pg.escapeIdentifier(column)}`);
  }
}
