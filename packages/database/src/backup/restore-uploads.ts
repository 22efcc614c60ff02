import { chown, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type pg from 'pg';

import { uploadEntry, UPLOADS } from './manifest.ts';
import { syncFolder } from './sync-folder.ts';
import { readBackup } from './read.ts';

/** Only for Switchboard's user, like the files that the web app stores. */
const [FOLDER_MODE, FILE_MODE] = [0o700, 0o600];

/** Unpacked upload files, in a temporary folder beside their final one. */
export interface UnpackedUploads {
  /** Moves the files to their final folder. */
  moveIntoPlace(): Promise<void>;
  /** Removes the files that were not moved. */
  discard(): Promise<void>;
}

/** Unpacks a backup's uploads beside `folder`, and flushes them to disk. */
export async function unpackUploads(file: string, folder: string): Promise<UnpackedUploads> {
  const aside = `${folder}.restore`;
  const discard = async () => await rm(aside, { recursive: true, force: true });
  await discard(); // Left by a killed restore.
  const owner = await ownerOf(dirname(folder));
  const makeFolder = async (path: string) => {
    await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    await owner(path);
  };
  try {
    await makeFolder(aside);
    for await (const { name, content } of readBackup(file)) {
      if (!name.startsWith(UPLOADS)) continue;
      const key = name.slice(UPLOADS.length);
      if (uploadEntry(key) !== name) throw new Error(`The backup contains a file "${key}", which is not a valid path for an upload.`);
      const path = join(aside, key);
      await makeFolder(dirname(path));
      await writeFlushed(path, content);
      await owner(path);
    }
  } catch (error) {
    await discard();
    throw error;
  }
  return { discard, moveIntoPlace: async () => await moveInto(aside, folder, makeFolder) };
}

/** Gives files written by root to the owner of the data folder, so that Switchboard can read and remove them. */
async function ownerOf(folder: string): Promise<(path: string) => Promise<void>> {
  if (process.getuid?.() !== 0) return async () => await Promise.resolve();
  await mkdir(folder, { recursive: true });
  const { uid, gid } = await stat(folder);
  return async (path) => await chown(path, uid, gid);
}

async function writeFlushed(path: string, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
  const handle = await open(path, 'w', FILE_MODE);
  try {
    for await (const chunk of content) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function moveInto(from: string, to: string, makeFolder: (path: string) => Promise<void>): Promise<void> {
  await makeFolder(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await moveInto(source, target, makeFolder);
    else await rename(source, target);
  }
  await syncFolder(to);
}

const KEYS_AT_ONCE = 500;

/** Records which files the database references now, for `removeUnreferenced` after the commit. Call it in a transaction. */
export async function recordUploads(client: pg.Client): Promise<void> {
  await client.query('CREATE TEMP TABLE uploads_before ON COMMIT PRESERVE ROWS AS SELECT DISTINCT "storageKey" AS key FROM "Upload"');
}

/** Removes the files that the database no longer references. */
export async function removeUnreferenced(client: pg.Client, folder: string): Promise<void> {
  await client.query('DELETE FROM uploads_before WHERE key IN (SELECT "storageKey" FROM "Upload")');
  for (;;) {
    const { rows } = await client.query<{ key: string }>(
      `DELETE FROM uploads_before WHERE key IN (SELECT key FROM uploads_before LIMIT ${KEYS_AT_ONCE}) RETURNING key`,
    );
    if (rows.length === 0) return;
    for (const { key } of rows) if (uploadEntry(key) !== undefined) await rm(join(folder, key), { force: true });
  }
}
