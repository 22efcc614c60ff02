import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, open, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import { findBinaries, type Binaries } from './binaries.ts';
import { settleDataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import { undefinedIfMissing } from './if-missing.ts';
import { otherMajor } from './major-version.ts';
import { resolveRunAs, type RunAs } from './run-as.ts';
import { clearLock, endServer, findRunningServer, statusOf } from './stale-server.ts';

/** What `startCluster` needs to know. */
export interface ClusterOptions {
  /** The folder of the cluster's files; made when missing. */
  readonly dataFolder: string;
  /** Password of the superuser `switchboard`. It is set when the cluster is made and must be the same ever after. */
  readonly password: string;
  /** 0 or none: any free port. */
  readonly port?: number;
  /** false turns fsync off: for throw-away clusters of tests only. */
  readonly durable?: boolean;
  /** Added to the server's environment; for tests. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lines that PostgreSQL prints. */
  readonly onLog?: (line: string) => void;
  /** Told every few seconds, in a line, how far it is with what it has to do before it takes connections, as after a crash. */
  readonly onProgress?: (line: string) => void;
  /** Gives the start up. */
  readonly signal?: AbortSignal | undefined;
  /** How long the server may say nothing of itself, in milliseconds. While it repairs its files there is no limit. */
  readonly patienceMs?: number;
}

/** A running PostgreSQL of our own. */
export interface Cluster {
  readonly port: number;
  readonly pid: number;
  /** Settles when the server is gone, for whatever reason. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  url(database: string): string;
  stop(): Promise<void>;
}

const CLUSTER_USER = 'switchboard';
const PATIENCE_MS = 60_000;
const PROGRESS_EVERY_MS = 10_000;

/** The connection URL of a cluster's database on this machine. */
export function clusterUrl(port: number, password: string, database: string): string {
  return `postgresql://${CLUSTER_USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** How initdb is called. It brings what it writes to the disk itself, unless the cluster is for throwing away. */
export function initdbArguments({
  folder,
  passwordFile,
  durable,
}: Record<'folder' | 'passwordFile', string> & { durable: boolean }): string[] {
  // With one call to the system for the whole disk, where there is one.
  const sync = process.platform === 'linux' ? ['--sync-method=syncfs'] : [];
  const own = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions'];
  return ['-D', folder, '-U', CLUSTER_USER, `--pwfile=${passwordFile}`, ...own, ...(durable ? sync : ['--no-sync'])];
}

interface Initialising {
  readonly binaries: Binaries;
  readonly folder: string;
  readonly password: string;
  readonly runAs: RunAs | undefined;
  readonly durable: boolean;
}

/** Makes the cluster's files in a folder beside the real one and moves them there when complete: a start that dies half way leaves nothing half done. */
async function initialise({ binaries, folder, password, runAs, durable }: Initialising): Promise<void> {
  const partial = `${folder}.new`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  const passwordFile = `${folder}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runAs !== undefined) await Promise.all([partial, passwordFile].map(async (path) => await chown(path, runAs.uid, runAs.gid)));
  const child = spawn(binaries.initdb, initdbArguments({ folder: partial, passwordFile, durable }), {
    ...runAs,
    cwd: dirname(folder),
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  await unlink(passwordFile);
  if (code !== 0)
    throw new Error(`PostgreSQL could not make its files in ${folder}: ${errors.trim().split('\n').at(-1) ?? `initdb ended with ${code}`}`);
  // An empty folder may be there already (see settleDataFolder); rename replaces it.
  await rename(partial, folder);
  // What initdb wrote is on the disk by now; so must be the name, and what stands beside it.
  if (durable) await syncFolder(dirname(folder));
}

/** Sees to it that the names in a folder survive a power loss. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * A process of 1 MB whose standard input is ours: when we are gone, however suddenly, it reads the end of it and stops PostgreSQL. It stands in a
 * session of its own so that Ctrl-C does not reach it first.
 */
function guard(pid: number, dataFolder: string): ChildProcess {
  const script = 'trap "" INT TERM HUP; cat >/dev/null; read -r pid <"$1/postmaster.pid" && [ "$pid" = "$0" ] && kill -INT "$0"';
  const child = spawn('/bin/sh', ['-c', script, String(pid), dataFolder], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  return child;
}

interface Starting extends Pick<ClusterOptions, 'onProgress' | 'signal' | 'patienceMs'> {
  readonly url: string;
  readonly child: ChildProcess;
  readonly folder: string;
  readonly lastLines: () => string;
}

/**
 * Resolves when the server takes connections with our password. It is asked for by its pid file first: on a port that is taken the one who answers
 * may be somebody else. After a crash it repairs its files first, for as long as that takes: who ends it then makes the next start begin anew.
 */
async function untilReady({ url, child, folder, lastLines, onProgress, signal, patienceMs = PATIENCE_MS }: Starting): Promise<void> {
  const begun = Date.now();
  let [heardOf, told] = [begun, begun];
  for (; ; await delay(25)) {
    if (signal?.aborted === true) throw new Error('The start of PostgreSQL was given up.');
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`PostgreSQL did not start: ${lastLines()}`);
    const status = await statusOf(child.pid ?? 0, folder);
    if (status === 'ready' && (await answers(url))) return;
    if (status !== undefined && status !== 'ready') {
      heardOf = Date.now();
      if (heardOf - told < Math.min(PROGRESS_EVERY_MS, patienceMs)) continue;
      told = heardOf;
      onProgress?.(`PostgreSQL repairs its files after a crash, for ${Math.round((told - begun) / 1_000)} s so far: ${lastLines()}`);
    } else if (Date.now() - heardOf > patienceMs)
      throw new Error(`PostgreSQL did not answer within ${patienceMs / 1000} s: ${lastLines()}`);
  }
}

/** Whether the server takes a connection. @throws Error when it refuses our password */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // Reported by the rejections of connect and query already.
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01')
      throw new Error(
        'The password of the embedded PostgreSQL does not fit its files. The secrets in the data folder belong to another database.',
        { cause: error },
      );
    return false;
  } finally {
    await client.end().catch(() => undefined); // It may never have connected.
  }
}

/**
 * Starts a real PostgreSQL on `dataFolder`, on loopback only, making its files at the first start. A server that an earlier, killed run left behind
 * on the same folder is stopped first. It ends with this process, even when this process is killed.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const runAs = await resolveRunAs();
  const binaries = await findBinaries(runAs);
  const folder = await settleDataFolder(options.dataFolder, runAs);
  // Before anything is ended or cleared: the version that made the files may still be at work.
  const other = await otherMajor(folder);
  if (other !== undefined) throw new Error(`${other.problem}. Nothing was changed. ${other.advice}`);
  const left = await findRunningServer(folder);
  if (left !== undefined) await endServer(left.pid);
  await clearLock(folder);
  const made = await stat(join(folder, 'PG_VERSION')).catch(undefinedIfMissing);
  if (made === undefined) await initialise({ binaries, folder, password: options.password, runAs, durable: options.durable !== false });
  const port = options.port === undefined || options.port === 0 ? await freePort() : options.port;

  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '64MB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    password_encryption: 'scram-sha-256',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(binaries.postgres, ['-D', folder, '-p', String(port), ...flags], {
    // A group of its own: Ctrl-C in the terminal must reach our shutdown, which stops PostgreSQL last, not PostgreSQL itself.
    ...runAs,
    detached: true,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...options.environment },
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }));
  const lines: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter(Boolean)) {
      lines.push(line);
      if (lines.length > 5) lines.shift();
      options.onLog?.(line);
    }
  });
  if (child.pid === undefined) throw new Error(`PostgreSQL could not be started from ${binaries.postgres}.`);
  const { pid } = child;
  const watcher = guard(pid, folder);
  const stop = async () => {
    await endServer(pid);
    watcher.kill('SIGKILL');
  };
  try {
    const url = clusterUrl(port, options.password, 'postgres');
    await untilReady({ ...options, url, child, folder, lastLines: () => lines.join(' / ') });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, pid, exited, stop, url: (database) => clusterUrl(port, options.password, database) };
}
