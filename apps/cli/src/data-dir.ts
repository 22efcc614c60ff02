import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf, UserError, explainDiskError } from './standalone/user-error.mjs';

/** A fresh database takes 40 MB, its first log files 16 MB each; with less than this it would stop soon after the start. */
export const MIN_FREE_BYTES = 200 * 1024 * 1024;

/** Where everything lies in the data folder. */
export interface DataDir {
  readonly path: string;
  readonly postgres: string;
  readonly secrets: string;
  readonly database: string;
  readonly processes: string;
  readonly lastBackup: string;
  readonly lock: string;
  readonly logs: string;
}

/** The names of things in the data folder at `path`, which need not exist: nothing is made. */
export function dataDirAt(path: string): DataDir {
  return {
    path,
    postgres: join(path, 'postgres'),
    secrets: join(path, 'secrets.json'),
    database: join(path, 'database.json'),
    processes: join(path, 'processes.json'),
    lastBackup: join(path, 'last-backup.json'),
    lock: join(path, 'switchboard.lock'),
    logs: join(path, 'logs'),
  };
}

/**
 * Makes the data folder where it is missing and proves that it can be used.
 *
 * @throws UserError when it can't be written, or the disk is as good as full
 */
export async function openDataDir(path: string): Promise<DataDir> {
  const dataDir = dataDirAt(path);
  try {
    // Others may pass: PostgreSQL runs as a user of its own where we are root. What they may not read is closed by itself.
    await mkdir(path, { recursive: true, mode: 0o755 });
    await mkdir(dataDir.logs, { recursive: true, mode: 0o700 });
    const probe = join(path, `probe.${randomUUID()}`);
    await writeFile(probe, 'x'.repeat(4096));
    await rm(probe);
    const { bavail, bsize } = await statfs(path);
    if (bavail * bsize < MIN_FREE_BYTES)
      throw new UserError(
        `There are only ${Math.floor((bavail * bsize) / 1024 / 1024)} MB left on the disk that holds ${path}; Switchboard needs at least ${MIN_FREE_BYTES / 1024 / 1024} MB.`,
      );
  } catch (error) {
    throw explainDiskError(error, path);
  }
  return dataDir;
}

/** Writes a file that only we may read, so that a crash leaves the old one or the new one, and never half of it. */
export async function writeAtomically(file: string, content: string): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  await writeFile(partial, content, { mode: 0o600 });
  const handle = await open(partial);
  await handle.sync();
  await handle.close();
  await rename(partial, file);
}

/** What is in a file of JSON, undefined when there is no such file or it does not hold JSON. */
export async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: whoever asks decides what that means.
    return undefined;
  }
}
