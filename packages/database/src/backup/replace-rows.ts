import { setTimeout as delay } from 'node:timers/promises';

import type pg from 'pg';

import { errorCodes } from '../error-codes.ts';
import { BackupError } from './errors.ts';
import { fillTables, type Rows } from './fill.ts';
import type { End, Manifest } from './manifest.ts';
import { rememberUploads } from './restore-uploads.ts';
import { listTables, quoteAll, readSequences, type SequenceOf } from './tables.ts';

/** How far numbers jump with a restore: a number that was given out after the backup, and is lost with it, must never be given to another person. */
const NUMBERS_SKIPPED = 1_000_000;

/** How long one try waits for tables that others use (they wait behind it), and how long it is tried. Milliseconds. */
const LOCK_MS = 2_000;
const LOCK_PATIENCE_MS = 60_000;
const LOCK_PAUSE_MS = 500;

/** What goes into the tables. */
export interface Replacement {
  readonly source: AsyncIterable<Rows>;
  /** How many rows there are of each table, where that is known. */
  readonly expected?: End['rows'] | undefined;
  /** How far the backup's numbers had come. */
  readonly sequences: Manifest['sequences'];
  /** Runs under the lock, when the database can't change any more; throws to leave it alone. */
  readonly check: () => Promise<void>;
  /** What else has to be done before it counts. */
  readonly beforeCommit: () => Promise<void>;
}

/**
 * Puts the rows in the place of all that the database holds, in one transaction: a reader sees the old rows, waits, or sees the new ones.
 *
 * @returns columns that could not be kept (see `fillTables`)
 * @throws BackupError when others keep the tables busy for a minute
 */
export async function replaceRows(client: pg.Client, { source, expected, sequences, check, beforeCommit }: Replacement): Promise<string[]> {
  await beginLocked(client);
  try {
    await check();
    const counted = await readSequences(client, await listTables(client));
    await client.query('CREATE TEMP TABLE revocations_before ON COMMIT DROP AS SELECT * FROM "Revocation"');
    await rememberUploads(client);
    const leftOut = await fillTables(client, source, expected);
    // A token that was revoked since the backup stays revoked.
    await client.query(`
      INSERT INTO "Revocation" SELECT * FROM revocations_before
      ON CONFLICT (role, "subjectId", address) DO UPDATE SET at = greatest("Revocation".at, excluded.at), "createdAt" = greatest("Revocation"."createdAt", excluded."createdAt")`);
    // Another history of the data: browsers that hold the old one notice.
    await client.query(
      'INSERT INTO "Installation" (id, epoch) VALUES (1, gen_random_uuid()) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch',
    );
    await beforeCommit();
    for (const sequence of counted) await skipNumbers(client, sequence, sequences);
    await client.query('COMMIT');
    return leftOut;
  } catch (error) {
    // A broken connection can't be told, and takes the transaction with it.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Begins a transaction that has our tables alone. While others use them it releases its request every two seconds, so that queries queued behind it can run. */
async function beginLocked(client: pg.Client): Promise<void> {
  const tables = quoteAll(await listTables(client));
  for (let waited = 0; ; waited += LOCK_MS + LOCK_PAUSE_MS) {
    await client.query('BEGIN');
    try {
      await client.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
      await client.query(`LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`);
      await client.query('SET LOCAL lock_timeout = 0');
      return;
    } catch (error) {
      await client.query('ROLLBACK');
      if (!errorCodes(error).some((code) => code === '55P03' || code === '40P01')) throw error;
      if (waited >= LOCK_PATIENCE_MS)
        throw new BackupError(
          'Something else has been using the tables for a minute (a report, another backup?). Nothing was changed. Try again when it is done.',
          {
            cause: error,
          },
        );
      await delay(LOCK_PAUSE_MS);
    }
  }
}

/** Moves a sequence past everything that it has given here, that it had given before the backup, and that it may have given after it. */
async function skipNumbers(
  client: pg.Client,
  { sequence, table, column, max, last }: SequenceOf,
  before: Manifest['sequences'],
): Promise<void> {
  const { rows } = await client.query<{ highest: number }>(
    `SELECT coalesce(max(${client.escapeIdentifier(column)}), 0)::float8 AS highest FROM ${client.escapeIdentifier(table)}`,
  );
  const then = before.find((known) => known.table === table && known.column === column)?.last ?? 0;
  const base = Math.max(last, then, rows[0]?.highest ?? 0);
  // Near the end of the numbers, half of what is left.
  const next = base + Math.min(NUMBERS_SKIPPED, Math.floor((max - base) / 2));
  await client.query('SELECT setval($1, $2)', [sequence, Math.max(next, 1)]);
}
