import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { undefinedIfMissing } from './if-missing.ts';
import { isPostgresRunning, isPostmaster } from './postmaster.ts';

/** The content of `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** Whether a process with this id runs. A zombie (its parent has not reaped it) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return process.platform !== 'linux' || !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    // "pid (name) state …", where the name may contain anything.
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // The process has ended, or /proc is not readable: keep the signal's answer.
    return false;
  }
}

/** The status that the server with this process id wrote into the data folder's pid file: `starting`, `ready` …; undefined before it wrote one. */
export async function statusOf(pid: number, dataFolder: string): Promise<string | undefined> {
  const content = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = content.split('\n');
  return Number(lines[0]) === pid ? lines[7]?.trim() : undefined;
}

/** The server that runs on this data folder, if any. A process id that another program has reused does not count. */
export async function findRunningServer(dataFolder: string): Promise<Postmaster | undefined> {
  const content = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(undefinedIfMissing);
  if (content === undefined) return undefined;
  const lines = content.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined;
  if (!(await isPostmaster(pid, dataFolder, Number(lines[2])))) return undefined;
  return { pid, port: Number(lines[3]) };
}

/** Stops a server with a fast shutdown, and after `timeoutMs` with an immediate one (safe: the next start replays the log). */
export async function endServer(pid: number, timeoutMs = 10_000): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', timeoutMs],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(pid)) return;
    send(pid, signal);
    for (const end = Date.now() + patience; Date.now() < end; await delay(25)) if (!isAlive(pid)) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EPERM') throw new Error(`PostgreSQL (process ${pid}) was started by another user, who has to stop it.`, { cause: error });
    if (code !== 'ESRCH') throw error; // It has ended.
  }
}

/** How long the backends of a killed server may take to notice that it is gone. */
const ORPHANS_TIMEOUT_MS = 10_000;

/**
 * Removes the lock file of a killed server where PostgreSQL itself would not. PostgreSQL takes any process with the dead server's id for the server (a zombie,
 * or another program after a reboot). This check is certain: all PostgreSQL processes have the data folder as their working directory, so if no process has
 * it, the server is dead. Outside Linux the working directory can't be read; there the file is removed only if no PostgreSQL process runs at all.
 *
 * @throws Error when processes of the killed server keep running
 */
export async function clearLock(dataFolder: string): Promise<void> {
  const lock = join(dataFolder, 'postmaster.pid');
  if (process.platform !== 'linux') {
    if (!(await isPostgresRunning())) await unlink(lock).catch(undefinedIfMissing);
    return;
  }
  for (const end = Date.now() + ORPHANS_TIMEOUT_MS; ; await delay(25)) {
    const left = await processesIn(dataFolder);
    if (left.length === 0) break;
    if (Date.now() > end) throw new Error(`Processes of an earlier PostgreSQL still use ${dataFolder}: ${left.join(', ')}.`);
  }
  await unlink(lock).catch(undefinedIfMissing);
}

/** The running processes whose working directory is the folder. Zombies have none. */
async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const own = await Promise.all(
    pids.map(async (pid) => {
      // Unreadable: it has ended, or it belongs to another user and so is not ours.
      const place = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
      return place === folder && (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).startsWith('postgres');
    }),
  );
  return pids.filter((_, index) => own[index]).map(Number);
}
