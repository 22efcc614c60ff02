import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';

import { undefinedIfMissing } from '../embedded/if-missing.ts';
import { BackupError } from './errors.ts';
import { verifyBackup } from './read.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Runs `write` with a stream into `<path>.part`, and renames that to `path` once it is flushed to disk: `path` is always a complete file or absent. Only the
 * current user may read it. A partial file of a killed run is overwritten.
 *
 * @param write ends the stream
 * @throws BackupError when `path` is a file that is not a backup, or another run wrote to the same path meanwhile
 */
export async function writeBackupFile<T>(path: string, write: (sink: Writable) => Promise<T>): Promise<T> {
  await refuseOtherFiles(path);
  const part = `${path}.part`;
  await rm(part, { force: true });
  const handle = await open(part, 'wx', 0o600);
  try {
    const result = await write(streamInto(handle));
    await handle.sync();
    const [ours, there] = [await handle.stat(), await stat(part).catch(undefinedIfMissing)];
    if (there?.ino !== ours.ino) throw new BackupError(`Another backup to ${path} started while this one was being written. Try again.`);
    await rename(part, path);
    await syncFolder(dirname(path));
    return result;
  } catch (error) {
    await removeOwn(part, (await handle.stat()).ino);
    throw error;
  } finally {
    await handle.close();
  }
}

/** (The handle's own write stream would keep it open after `close`.) */
function streamInto(handle: FileHandle): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      void writeThen(handle, chunk, done);
    },
  });
}

async function writeThen(handle: FileHandle, chunk: Buffer, done: (error?: Error) => void): Promise<void> {
  let failure: Error | undefined;
  try {
    await handle.writeFile(chunk);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
  done(failure);
}

async function removeOwn(path: string, inode: number): Promise<void> {
  if ((await stat(path).catch(undefinedIfMissing))?.ino === inode) await rm(path, { force: true });
}

/** Allows only backups to be replaced: a mistyped name must not destroy another file. */
async function refuseOtherFiles(path: string): Promise<void> {
  const there = await stat(path).catch(undefinedIfMissing);
  if (there === undefined) return;
  const isBackup = there.isFile() && (await isWhole(path));
  if (!isBackup) throw new BackupError(`${path} exists and is not a backup of Switchboard. Nothing was written. Choose another name.`);
}

async function isWhole(path: string): Promise<boolean> {
  try {
    await verifyBackup(path);
    return true;
  } catch (error) {
    if (error instanceof BackupError) return false;
    throw error;
  }
}
