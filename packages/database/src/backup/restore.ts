import { readdir } from 'node:fs/promises';

import type pg from 'pg';

import { withConnection } from './connect.ts';
import { type Contents, contentsOf, describeContents, isEmpty, readContents } from './contents.ts';
import { BackupError } from './errors.ts';
import { rowsOfDatabase, rowsOfFile } from './fill.ts';
import type { BackupSecrets, Manifest } from './manifest.ts';
import { verifyBackup, type Verified } from './read.ts';
import { type Replacement, replaceRows } from './replace-rows.ts';
import { removeForgotten, unpackUploads } from './restore-uploads.ts';
import { withStagedBackup } from './stage.ts';
import { listTables, NOT_KEPT, quoteAll, readApplied, readShapes } from './tables.ts';

/** What `restoreBackup` needs to know. */
export interface RestoreOptions {
  readonly file: string;
  /** Of the database. */
  readonly url: string;
  /** The folder of this version's migrations. */
  readonly migrations: string;
  /** The folder with the files of uploads. */
  readonly uploads: string;
  /** A folder that may be made, and is gone afterwards: an older backup is brought to this version's schema in it. */
  readonly scratch: string;
  /** What is in the database may be removed. */
  readonly replace: boolean;
  /** Brings the database to this version's schema. */
  readonly migrate: () => Promise<unknown>;
}

/** What was done. */
export interface RestoreResult {
  readonly manifest: Manifest;
  /** What is in the database now. */
  readonly restored: Contents;
  /** What was in it before. */
  readonly removed: Contents;
  /** Files of uploads that the backup did not have. */
  readonly missingUploads: number;
  /** Columns that the backup has and this schema does not, as `Table.column`: they were added to the old database by hand. */
  readonly leftOut: readonly string[];
  /** Why images that are no longer used could not be removed, if so. */
  readonly untidy: string | undefined;
  /** Of the backup, if it was made with them. They are the caller's to write. */
  readonly secrets: BackupSecrets | undefined;
}

/** Any number, as long as nobody else takes it. */
const LOCK = 5_721_190_442;

/**
 * Puts what is in a backup in the place of what is in the database, all or nothing: killed at any time, the database holds the one or the other.
 *
 * @throws BackupError when the backup is damaged or newer than this version, or the database holds something and `replace` was not said
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  const backup = await verifyBackup(options.file);
  const known = await listMigrations(options.migrations);
  refuseNewer(backup.manifest, known);
  return await withConnection(options.url, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
    if (rows[0]?.locked !== true) throw new BackupError('Another restore into this database is under way.');
    await refuseData(client, options.replace);
    await options.migrate();
    const applied = await readApplied(client);
    const unknown = applied.filter((name) => !known.includes(name));
    if (unknown.length > 0)
      throw new BackupError(
        `The database was migrated by a newer version of Switchboard (it has ${unknown.join(', ')}). Restore with that version.`,
      );
    const uploads = await unpackUploads(options.file, options.uploads);
    try {
      return await load(client, {
        ...options,
        backup,
        settleUploads: async () => await uploads.settle(),
        isCurrent: backup.manifest.migrations.length === known.length,
      });
    } finally {
      await uploads.discard();
    }
  });
}

interface Load extends RestoreOptions {
  readonly backup: Verified;
  readonly settleUploads: () => Promise<void>;
  /** The backup has this version's schema. */
  readonly isCurrent: boolean;
}

async function load(
  client: pg.Client,
  { file, backup, migrations, scratch, uploads, replace, isCurrent, settleUploads }: Load,
): Promise<RestoreResult> {
  const { manifest, end, secrets } = backup;
  let removed = contentsOf({});
  const run = async (rows: Pick<Replacement, 'source' | 'expected'>) =>
    await replaceRows(client, {
      ...rows,
      sequences: manifest.sequences,
      check: async () => void (removed = await refuseData(client, replace)),
      beforeCommit: settleUploads,
    });
  const leftOut = isCurrent
    ? await run({ source: rowsOfFile(file, manifest), expected: end.rows })
    : await withStagedBackup({ file, backup, migrations, scratch }, async (stage, before) => {
        const tables = (await listTables(stage)).filter((table) => !NOT_KEPT.includes(table));
        const after = await run({ source: rowsOfDatabase(stage, await readShapes(stage, tables)) });
        return [...before, ...after];
      });
  const untidy = await tidy(client, uploads);
  return { manifest, restored: contentsOf(end.rows), removed, missingUploads: end.uploads.missing, secrets, untidy, leftOut };
}

/** What is done after the commit; the backup is in place whether it succeeds or not. */
async function tidy(client: pg.Client, uploads: string): Promise<string | undefined> {
  try {
    await removeForgotten(client, uploads);
    await client.query(`ANALYZE ${quoteAll(await listTables(client))}`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Names of the migrations in a folder, oldest first. */
export async function listMigrations(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

function refuseNewer({ migrations, version }: Manifest, known: readonly string[]): void {
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new BackupError(
      `This backup was made by a newer version of Switchboard (${version}; it has ${unknown.join(', ')}). Nothing was changed. Restore it with that version or a later one.`,
    );
}

async function refuseData(client: pg.Client, replace: boolean): Promise<Contents> {
  const contents = await readContents(client);
  if (!replace && !isEmpty(contents))
    throw new BackupError(
      `The database is not empty: it has ${describeContents(contents)}. Nothing was changed. With --replace all of that is removed, and the backup takes its place.`,
    );
  return contents;
}
