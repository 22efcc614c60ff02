import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';

import { undefinedIfMissing } from '../embedded/if-missing.ts';
import { BackupError } from './errors.ts';
import { verifyBackup } from './read.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Runs `write` with a stream into `<path>.part`, which becomes `path` once all of it is on the disk: under that name there is a whole file or none. Only
 * we may read it. What a killed run left is written anew.
 *
 * @param write ends the stream
 * @throws BackupError when `path` is a file that is no backup, or another run took the place meanwhile
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
    if (there?.ino !== ours.ino) throw new BackupError(`Another backup into ${path} was begun while this one was written. Try again.`);
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

/** (A write stream of the handle's own would keep it open beyond `close`.) */
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

/** Replaces an older backup only: a mistyped name must not destroy another file. */
async function refuseOtherFiles(path: string): Promise<void> {
  const there = await stat(path).catch(undefinedIfMissing);
  if (there === undefined) return;
  const isBackup = there.isFile() && (await isWhole(path));
  if (!isBackup)
    throw new BackupError(`${path} is there already and is no backup of Switchboard. Nothing was written. Choose another name.`);
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
