import { setTimeout as delay } from 'node:timers/promises';

import type pg from 'pg';

import { errorCodes } from '../error-codes.ts';
import { BackupError } from './errors.ts';
import { fillTables, type Rows } from './fill.ts';
import type { End, Manifest } from './manifest.ts';
import { recordUploads } from './restore-uploads.ts';
import { listTables, quoteAll, readSequences, type SequenceOf } from './tables.ts';

/** How far a restore advances sequences: ids that were given out after the backup, and are lost, must never be given to another person. */
const NUMBERS_SKIPPED = 1_000_000;

/** The timeout of one attempt to lock the tables (new queries queue behind it), and of all attempts together. Milliseconds. */
const LOCK_TIMEOUT_MS = 2_000;
const ALL_LOCKS_TIMEOUT_MS = 60_000;
const LOCK_PAUSE_MS = 500;

/** The new content of the tables. */
export interface Replacement {
  readonly source: AsyncIterable<Rows>;
  /** The number of rows of each table, where it is known. */
  readonly expected?: End['rows'] | undefined;
  /** The last numbers of the backup's sequences. */
  readonly sequences: Manifest['sequences'];
  /** Runs under the lock, when the database can't change anymore. It throws to cancel the replacement. */
  readonly check: () => Promise<void>;
  /** Runs before the commit. */
  readonly beforeCommit: () => Promise<void>;
}

/**
 * Replaces all rows of the database in one transaction: a reader sees the old rows, waits, or sees the new ones.
 *
 * @returns columns that could not be kept (see `fillTables`)
 * @throws BackupError when other transactions keep the tables locked for a minute
 */
export async function replaceRows(client: pg.Client, { source, expected, sequences, check, beforeCommit }: Replacement): Promise<string[]> {
  await beginLocked(client);
  try {
    await check();
    const counted = await readSequences(client, await listTables(client));
    await client.query('CREATE TEMP TABLE revocations_before ON COMMIT DROP AS SELECT * FROM "Revocation"');
    await recordUploads(client);
    const leftOut = await fillTables(client, source, expected);
    // Tokens that were revoked after the backup stay revoked.
    await client.query(`
      INSERT INTO "Revocation" SELECT * FROM revocations_before
      ON CONFLICT (role, "subjectId", address) DO UPDATE SET at = greatest("Revocation".at, excluded.at), "createdAt" = greatest("Revocation"."createdAt", excluded."createdAt")`);
    // A new epoch makes browsers with data of the old history notice.
    await client.query(
      'INSERT INTO "Installation" (id, epoch) VALUES (1, gen_random_uuid()) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch',
    );
    await beforeCommit();
    for (const sequence of counted) await skipNumbers(client, sequence, sequences);
    await client.query('COMMIT');
    return leftOut;
  } catch (error) {
    // On a broken connection, the rollback fails, and the server rolls back on its own.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Begins a transaction with exclusive locks on all tables. While others use them, it releases its request every two seconds so that queued queries can run. */
async function beginLocked(client: pg.Client): Promise<void> {
  const tables = quoteAll(await listTables(client));
  for (let waited = 0; ; waited += LOCK_TIMEOUT_MS + LOCK_PAUSE_MS) {
    await client.query('BEGIN');
    try {
      await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
      await client.query(`LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`);
      await client.query('SET LOCAL lock_timeout = 0');
      return;
    } catch (error) {
      await client.query('ROLLBACK');
      if (!errorCodes(error).some((code) => code === '55P03' || code === '40P01')) throw error;
      if (waited >= ALL_LOCKS_TIMEOUT_MS)
        throw new BackupError(
          'Another program has been using the tables for a minute (a report or another backup?). Nothing was changed. Try again when it has finished.',
          {
            cause: error,
          },
        );
      await delay(LOCK_PAUSE_MS);
    }
  }
}

/** Advances a sequence past all numbers that it gave out here, before the backup, and possibly after it. */
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
  // Near the sequence's maximum, advance by half of the remaining numbers.
  const next = base + Math.min(NUMBERS_SKIPPED, Math.floor((max - base) / 2));
  await client.query('SELECT setval($1, $2)', [sequence, Math.max(next, 1)]);
}
