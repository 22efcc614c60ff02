import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { undefinedIfMissing } from './if-missing.ts';
import { isPostgresRunning, isPostmaster } from './postmaster.ts';

/** What PostgreSQL writes into `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** Whether a process with this id runs. One that has ended and was not collected by its parent (an init that doesn't reap) does not. */
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
    // "pid (name) state …", where the name may hold anything.
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // Gone in between, or /proc is closed to us: the signal's answer stands.
    return false;
  }
}

/** What the server with this process id says of itself in the data folder's pid file: `starting`, `ready` …; undefined before it says anything. */
export async function statusOf(pid: number, dataFolder: string): Promise<string | undefined> {
  const content = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = content.split('\n');
  return Number(lines[0]) === pid ? lines[7]?.trim() : undefined;
}

/** The server that runs on this data folder, if one does. A pid that was given to some other program since is not taken for it. */
export async function findRunningServer(dataFolder: string): Promise<Postmaster | undefined> {
  const content = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(undefinedIfMissing);
  if (content === undefined) return undefined;
  const lines = content.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined;
  if (!(await isPostmaster(pid, dataFolder, Number(lines[2])))) return undefined;
  return { pid, port: Number(lines[3]) };
}

/** Ends a server: a fast shutdown, and when that takes longer than `patienceMs` an immediate one (safe: the next start replays the log). */
export async function endServer(pid: number, patienceMs = 10_000): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', patienceMs],
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
    if (code !== 'ESRCH') throw error; // It ended in between.
  }
}

/** How long backends of a killed server may take to notice that it is gone. */
const ORPHANS_PATIENCE_MS = 10_000;

/**
 * Takes away the lock file of a server that was killed, where PostgreSQL itself would not dare to: it believes any process that has the dead
 * server's id (a zombie that nobody collects, or after a restart of the machine some other program) to be the server. Ours is certain: no process
 * has its working directory in the data folder, as all of PostgreSQL's have. Elsewhere than on Linux nobody can tell that; there it is certain when no
 * process of PostgreSQL runs at all, and otherwise the file is left to PostgreSQL.
 *
 * @throws Error when something of the killed server goes on running
 */
export async function clearLock(dataFolder: string): Promise<void> {
  const lock = join(dataFolder, 'postmaster.pid');
  if (process.platform !== 'linux') {
    if (!(await isPostgresRunning())) await unlink(lock).catch(undefinedIfMissing);
    return;
  }
  for (const end = Date.now() + ORPHANS_PATIENCE_MS; ; await delay(25)) {
    const left = await processesIn(dataFolder);
    if (left.length === 0) break;
    if (Date.now() > end) throw new Error(`Processes of an earlier PostgreSQL still use ${dataFolder}: ${left.join(', ')}.`);
  }
  await unlink(lock).catch(undefinedIfMissing);
}

/** PostgreSQL's running processes whose working directory is the folder. Zombies have none. */
async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const own = await Promise.all(
    pids.map(async (pid) => {
      // Unreadable: ended while we looked, or somebody else's and so not ours.
      const place = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
      return place === folder && (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).startsWith('postgres');
    }),
  );
  return pids.filter((_, index) => own[index]).map(Number);
}
