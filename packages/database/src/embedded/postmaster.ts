import { execFile } from 'node:child_process';
import { readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** The start time that PostgreSQL notes and the one that the system tells are taken at different moments, and in whole seconds. */
const TOLERANCE_S = 3;

/**
 * Whether the process is the server that wrote itself into the pid file of this data folder, and not a later one that was given its id: ids are used
 * again, after a reboot at the latest. Where it can't be told, it is not.
 *
 * @param startedAt when the server started, in seconds since 1970, as its pid file says
 */
export async function isPostmaster(pid: number, dataFolder: string, startedAt: number): Promise<boolean> {
  if (process.platform !== 'linux') return await isPostmasterByPs(pid, startedAt);
  // The postmaster's working directory is its data folder.
  return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === dataFolder;
}

/** The same by the process' name and start, for systems without /proc. */
export async function isPostmasterByPs(pid: number, startedAt: number): Promise<boolean> {
  const found = await askPs(['-o', 'lstart=,comm=', '-p', String(pid)]);
  // "Wed Nov 25 17:40:28 2026 /path/to/postgres"
  const [, started = '', command = ''] = /^\s*(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*?)\s*$/.exec(found) ?? [];
  const seconds = Date.parse(`${started} UTC`) / 1_000;
  return basename(command).startsWith('postgres') && Math.abs(seconds - startedAt) <= TOLERANCE_S;
}

/** Whether any process of PostgreSQL runs on this machine, of whichever folder. */
export async function isPostgresRunning(): Promise<boolean> {
  const commands = await askPs(['-A', '-o', 'comm=']);
  // Nothing at all is no answer.
  return commands.trim() === '' || commands.split('\n').some((command) => basename(command.trim()).startsWith('postgres'));
}

async function askPs(args: readonly string[]): Promise<string> {
  try {
    return (await run('ps', [...args], { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } })).stdout;
  } catch {
    // ps ends with 1 when there is no such process, and is missing where nothing can be told.
    return '';
  }
}
