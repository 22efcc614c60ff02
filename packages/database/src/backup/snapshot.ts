import type pg from 'pg';

import { BackupError } from './errors.ts';
import { listTables, quoteAll, readApplied } from './tables.ts';

/** Tables as they were at one moment, whatever is written meanwhile, for as long as the connection's transaction lasts. */
export interface Snapshot {
  readonly tables: readonly string[];
  /** Names of the applied migrations. */
  readonly migrations: readonly string[];
}

/**
 * Begins a transaction that sees the database as it is now. The tables can't change their shape until it ends; reading and writing go on.
 *
 * @throws BackupError when there is nothing to see
 */
export async function openSnapshot(client: pg.Client): Promise<Snapshot> {
  for (;;) {
    const tables = await listTables(client);
    if (tables.length === 0) throw new BackupError('There is nothing to back up: the database has no tables of Switchboard.');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // Before anything is read: LOCK alone takes no snapshot, so a migration that commits while we wait for it is in what we see.
    await client.query(`LOCK TABLE ${quoteAll(tables)} IN ACCESS SHARE MODE`);
    const seen = await listTables(client);
    if (seen.join() === tables.join()) return { tables, migrations: await readApplied(client) };
    // A migration made a table in between.
    await client.query('ROLLBACK');
  }
}
