import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { undefinedIfMissing } from './if-missing.ts';

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

/** Whether the server with this process id says in the data folder's pid file that it takes connections. */
export async function isReady(pid: number, dataFolder: string): Promise<boolean> {
  const content = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = content.split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/** The server that runs on this data folder, if one does. A pid that was given to some other program since is not taken for it. */
export async function findRunningServer(dataFolder: string): Promise<Postmaster | undefined> {
  const content = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(undefinedIfMissing);
  if (content === undefined) return undefined;
  const lines = content.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined;
  // The postmaster's working directory is its data folder. Elsewhere than on Linux there is no /proc to ask; the pid file has to do.
  if (process.platform === 'linux') {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (cwd !== dataFolder) return undefined;
  }
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
    process.kill(pid, signal);
    for (const end = Date.now() + patience; Date.now() < end; await delay(25)) if (!isAlive(pid)) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
}

/** How long backends of a killed server may take to notice that it is gone. */
const ORPHANS_PATIENCE_MS = 10_000;

/**
 * Takes away the lock file of a server that was killed, where PostgreSQL itself would not dare to: it believes any process that has the dead
 * server's id (a zombie that nobody collects, or after a restart of the machine some other program) to be the server. Ours is certain: no process
 * has its working directory in the data folder, as all of PostgreSQL's have. Only Linux can tell; elsewhere the file is left to PostgreSQL.
 *
 * @throws Error when something of the killed server goes on running
 */
export async function clearLock(dataFolder: string): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const end = Date.now() + ORPHANS_PATIENCE_MS; ; await delay(25)) {
    const left = await processesIn(dataFolder);
    if (left.length === 0) break;
    if (Date.now() > end) throw new Error(`Processes of an earlier PostgreSQL still use ${dataFolder}: ${left.join(', ')}.`);
  }
  await unlink(join(dataFolder, 'postmaster.pid')).catch(undefinedIfMissing);
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
