import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { FIRST_ADMINISTRATOR_FILE } from '@switchboard/config';

import { codeOf, UserError, explainDiskError } from './standalone/user-error.mjs';

/** A fresh database takes 40 MB and each of its first log files 16 MB; with less space than this it would stop soon after the start. */
export const MIN_FREE_BYTES = 200 * 1024 * 1024;

/** The paths of everything in the data folder. */
export interface DataDir {
  readonly path: string;
  readonly postgres: string;
  readonly secrets: string;
  readonly database: string;
  readonly processes: string;
  readonly lastBackup: string;
  readonly lock: string;
  /** Written by the web app. */
  readonly firstAdministrator: string;
  readonly logs: string;
}

/** The paths in the data folder at `path`. The folder need not exist; nothing is created. */
export function dataDirAt(path: string): DataDir {
  return {
    path,
    postgres: join(path, 'postgres'),
    secrets: join(path, 'secrets.json'),
    database: join(path, 'database.json'),
    processes: join(path, 'processes.json'),
    lastBackup: join(path, 'last-backup.json'),
    lock: join(path, 'switchboard.lock'),
    firstAdministrator: join(path, FIRST_ADMINISTRATOR_FILE),
    logs: join(path, 'logs'),
  };
}

/**
 * Creates the data folder if it is missing and checks that it is usable.
 *
 * @throws UserError when it can't be written to, or the disk is nearly full
 */
export async function openDataDir(path: string): Promise<DataDir> {
  const dataDir = dataDirAt(path);
  try {
    // Other users may traverse it: when Switchboard runs as root, PostgreSQL runs as a separate user. Private files have restrictive modes themselves.
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

/** Writes a file that only this user may read. A crash leaves either the old file or the new one, never half of it. */
export async function writeAtomically(file: string, content: string): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  await writeFile(partial, content, { mode: 0o600 });
  const handle = await open(partial);
  await handle.sync();
  await handle.close();
  await rename(partial, file);
}

/** The first line of a text file; undefined when the file does not exist or is empty. */
export async function readLine(file: string): Promise<string | undefined> {
  const [line = ''] = (await readText(file))?.split('\n') ?? [];
  return line === '' ? undefined : line;
}

/** The parsed content of a JSON file; undefined when the file does not exist or is not JSON. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller decides what that means.
    return undefined;
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
