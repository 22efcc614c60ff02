import { execFile } from 'node:child_process';
import { readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** PostgreSQL and the system record the start time at slightly different moments, in whole seconds. */
const TOLERANCE_S = 3;

/**
 * Whether the process is the server that wrote this data folder's pid file, and not a later process with the same id: ids are reused, at the latest after a
 * reboot. False when it can't be determined.
 *
 * @param startedAt the server's start time in its pid file, in seconds since 1970
 */
export async function isPostmaster(pid: number, dataFolder: string, startedAt: number): Promise<boolean> {
  if (process.platform !== 'linux') return await isPostmasterByPs(pid, startedAt);
  // The postmaster's working directory is its data folder.
  return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === dataFolder;
}

/** The same by the process's name and start time, for systems without /proc. */
export async function isPostmasterByPs(pid: number, startedAt: number): Promise<boolean> {
  const found = await askPs(['-o', 'lstart=,comm=', '-p', String(pid)]);
  // "Wed Nov 25 17:40:28 2026 /path/to/postgres"
  const [, started = '', command = ''] = /^\s*(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*?)\s*$/.exec(found) ?? [];
  const seconds = Date.parse(`${started} UTC`) / 1_000;
  return basename(command).startsWith('postgres') && Math.abs(seconds - startedAt) <= TOLERANCE_S;
}

/** Whether any PostgreSQL process runs on this machine. */
export async function isPostgresRunning(): Promise<boolean> {
  const commands = await askPs(['-A', '-o', 'comm=']);
  // Empty output means that ps failed.
  return commands.trim() === '' || commands.split('\n').some((command) => basename(command.trim()).startsWith('postgres'));
}

async function askPs(args: readonly string[]): Promise<string> {
  try {
    return (await run('ps', [...args], { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } })).stdout;
  } catch {
    // ps exits with 1 when there is no such process, and may not be installed.
    return '';
  }
}
