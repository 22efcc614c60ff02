import type pg from 'pg';

import { BackupError } from './errors.ts';
import { listTables, quoteAll, readApplied } from './tables.ts';

/** A consistent view of the tables, for as long as the connection's transaction lasts. */
export interface Snapshot {
  readonly tables: readonly string[];
  /** The names of the applied migrations. */
  readonly migrations: readonly string[];
}

/**
 * Begins a transaction that sees the database as it is now. The tables' definitions can't change until it ends; reads and writes continue.
 *
 * @throws BackupError when there are no tables
 */
export async function openSnapshot(client: pg.Client): Promise<Snapshot> {
  for (;;) {
    const tables = await listTables(client);
    if (tables.length === 0) throw new BackupError('There is nothing to back up: the database has no tables of Switchboard.');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // Before any read: LOCK itself takes no snapshot, so the snapshot includes a migration that commits while this waits.
    await client.query(`LOCK TABLE ${quoteAll(tables)} IN ACCESS SHARE MODE`);
    const seen = await listTables(client);
    if (seen.join() === tables.join()) return { tables, migrations: await readApplied(client) };
    // A migration created a table in between.
    await client.query('ROLLBACK');
  }
}
