import { readdir } from 'node:fs/promises';

import type pg from 'pg';

import { withConnection } from './connect.ts';
import { type Contents, contentsOf, describeContents, isEmpty, readContents } from './contents.ts';
import { BackupError } from './errors.ts';
import { rowsOfDatabase, rowsOfFile } from './fill.ts';
import type { BackupSecrets, Manifest } from './manifest.ts';
import { verifyBackup, type Verified } from './read.ts';
import { type Replacement, replaceRows } from './replace-rows.ts';
import { removeUnreferenced, unpackUploads } from './restore-uploads.ts';
import { withStagedBackup } from './stage.ts';
import { listTables, NOT_KEPT, quoteAll, readApplied, readShapes } from './tables.ts';

/** The options of `restoreBackup`. */
export interface RestoreOptions {
  readonly file: string;
  /** The URL of the database. */
  readonly url: string;
  /** The folder of this version's migrations. */
  readonly migrations: string;
  /** The folder of the upload files. */
  readonly uploads: string;
  /** The path of a temporary folder, which is removed afterwards: an older backup is migrated to this version's schema in it. */
  readonly scratch: string;
  /** Whether existing data may be removed. */
  readonly replace: boolean;
  /** Migrates the database to this version's schema. */
  readonly migrate: () => Promise<unknown>;
}

/** The result of a restore. */
export interface RestoreResult {
  readonly manifest: Manifest;
  /** The database's contents after the restore. */
  readonly restored: Contents;
  /** The database's contents before the restore. */
  readonly removed: Contents;
  /** The number of upload files that the backup lacked. */
  readonly missingUploads: number;
  /** The columns, as `Table.column`, that are in the backup but not in this schema: they were added to the old database by hand. */
  readonly leftOut: readonly string[];
  /** Why unused images could not be removed; undefined when they were. */
  readonly cleanupError: string | undefined;
  /** The backup's secrets, if it contains them. The caller has to store them. */
  readonly secrets: BackupSecrets | undefined;
}

/** The advisory lock of restores: any number that no other program uses. */
const LOCK = 5_721_190_442;

/**
 * Replaces the database's contents with those of a backup, all or nothing: if it is killed at any time, the database holds either the old or the new data.
 *
 * @throws BackupError when the backup is damaged or newer than this version, or the database is not empty and `replace` is false
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  const backup = await verifyBackup(options.file);
  const known = await listMigrations(options.migrations);
  refuseNewer(backup.manifest, known);
  return await withConnection(options.url, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
    if (rows[0]?.locked !== true) throw new BackupError('Another restore into this database is running.');
    await refuseData(client, options.replace);
    await options.migrate();
    const applied = await readApplied(client);
    const unknown = applied.filter((name) => !known.includes(name));
    if (unknown.length > 0)
      throw new BackupError(
        `The database was migrated by a newer version of Switchboard (unknown migrations: ${unknown.join(', ')}). Restore with that version.`,
      );
    const uploads = await unpackUploads(options.file, options.uploads);
    try {
      return await load(client, {
        ...options,
        backup,
        moveUploads: async () => await uploads.moveIntoPlace(),
        isCurrent: backup.manifest.migrations.length === known.length,
      });
    } finally {
      await uploads.discard();
    }
  });
}

interface Load extends RestoreOptions {
  readonly backup: Verified;
  readonly moveUploads: () => Promise<void>;
  /** Whether the backup has this version's schema. */
  readonly isCurrent: boolean;
}

async function load(
  client: pg.Client,
  { file, backup, migrations, scratch, uploads, replace, isCurrent, moveUploads }: Load,
): Promise<RestoreResult> {
  const { manifest, end, secrets } = backup;
  let removed = contentsOf({});
  const run = async (rows: Pick<Replacement, 'source' | 'expected'>) =>
    await replaceRows(client, {
      ...rows,
      sequences: manifest.sequences,
      check: async () => void (removed = await refuseData(client, replace)),
      beforeCommit: moveUploads,
    });
  const leftOut = isCurrent
    ? await run({ source: rowsOfFile(file, manifest), expected: end.rows })
    : await withStagedBackup({ file, backup, migrations, scratch }, async (stage, before) => {
        const tables = (await listTables(stage)).filter((table) => !NOT_KEPT.includes(table));
        const after = await run({ source: rowsOfDatabase(stage, await readShapes(stage, tables)) });
        return [...before, ...after];
      });
  const cleanupError = await cleanUp(client, uploads);
  return { manifest, restored: contentsOf(end.rows), removed, missingUploads: end.uploads.missing, secrets, cleanupError, leftOut };
}

/** Runs after the commit: the restore has succeeded even if this fails. */
async function cleanUp(client: pg.Client, uploads: string): Promise<string | undefined> {
  try {
    await removeUnreferenced(client, uploads);
    await client.query(`ANALYZE ${quoteAll(await listTables(client))}`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The names of the migrations in a folder, oldest first. */
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
      `This backup was made by a newer version of Switchboard (${version}; unknown migrations: ${unknown.join(', ')}). Nothing was changed. Restore it with that version or a later one.`,
    );
}

async function refuseData(client: pg.Client, replace: boolean): Promise<Contents> {
  const contents = await readContents(client);
  if (!replace && !isEmpty(contents))
    throw new BackupError(
      `The database is not empty: it has ${describeContents(contents)}. Nothing was changed. Use --replace to replace all of it with the backup.`,
    );
  return contents;
}
