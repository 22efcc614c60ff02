import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, open, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import { findBinaries, type Binaries } from './binaries.ts';
import { resolveDataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import { undefinedIfMissing } from './if-missing.ts';
import { otherMajor } from './major-version.ts';
import { resolveRunAs, type RunAs } from './run-as.ts';
import { clearLock, endServer, findRunningServer, statusOf } from './stale-server.ts';

/** The options of `startCluster`. */
export interface ClusterOptions {
  /** The folder of the cluster's files; created when missing. */
  readonly dataFolder: string;
  /** The password of the superuser `switchboard`. It is set when the cluster is created, and must be the same on every later start. */
  readonly password: string;
  /** 0 or undefined: any free port. */
  readonly port?: number;
  /** False turns fsync off, only for throw-away clusters of tests. */
  readonly durable?: boolean;
  /** Added to the server's environment; for tests. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called for each line that PostgreSQL prints. */
  readonly onLog?: (line: string) => void;
  /** Called every few seconds with a line about the progress of crash recovery before the server accepts connections. */
  readonly onProgress?: (line: string) => void;
  /** Aborts the start. */
  readonly signal?: AbortSignal | undefined;
  /** How long the server may be silent, in milliseconds. There is no limit during crash recovery. */
  readonly silenceTimeoutMs?: number;
}

/** A running embedded PostgreSQL. */
export interface Cluster {
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, for any reason. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  url(database: string): string;
  stop(): Promise<void>;
}

const CLUSTER_USER = 'switchboard';
const SILENCE_TIMEOUT_MS = 60_000;
const PROGRESS_EVERY_MS = 10_000;

/** The URL of a local cluster's database. */
export function clusterUrl(port: number, password: string, database: string): string {
  return `postgresql://${CLUSTER_USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** The arguments of initdb. It flushes its files to disk, except for throw-away clusters. */
export function initdbArguments({
  folder,
  passwordFile,
  durable,
}: Record<'folder' | 'passwordFile', string> & { durable: boolean }): string[] {
  // With one system call for the whole disk, where it exists.
  const sync = process.platform === 'linux' ? ['--sync-method=syncfs'] : [];
  const own = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions'];
  return ['-D', folder, '-U', CLUSTER_USER, `--pwfile=${passwordFile}`, ...own, ...(durable ? sync : ['--no-sync'])];
}

interface InitOptions {
  readonly binaries: Binaries;
  readonly folder: string;
  readonly password: string;
  readonly runAs: RunAs | undefined;
  readonly durable: boolean;
}

/** Creates the cluster's files in a temporary folder and renames it when it is complete, so that an interrupted start leaves no partial cluster. */
async function initialize({ binaries, folder, password, runAs, durable }: InitOptions): Promise<void> {
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
    throw new Error(
      `PostgreSQL could not create its files in ${folder}: ${errors.trim().split('\n').at(-1) ?? `initdb ended with ${code}`}`,
    );
  // An empty folder may exist (see resolveDataFolder); rename replaces it.
  await rename(partial, folder);
  // initdb has flushed its files; the new name must be flushed, too.
  if (durable) await syncFolder(dirname(folder));
}

/** Flushes a folder's entries, so that new names survive a power failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Starts a small process (1 MB) whose standard input is a pipe from this process. When this process ends, however suddenly, the pipe ends, and the guard stops
 * PostgreSQL. It runs in its own session so that Ctrl-C does not reach it first.
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

interface StartOptions extends Pick<ClusterOptions, 'onProgress' | 'signal' | 'silenceTimeoutMs'> {
  readonly url: string;
  readonly child: ChildProcess;
  readonly folder: string;
  readonly lastLines: () => string;
}

/**
 * Resolves when the server accepts connections with our password. It checks the pid file first, because another program may listen on the port. Crash recovery
 * may take any time: stopping it would only make the next start begin again.
 */
async function untilReady({
  url,
  child,
  folder,
  lastLines,
  onProgress,
  signal,
  silenceTimeoutMs = SILENCE_TIMEOUT_MS,
}: StartOptions): Promise<void> {
  const begun = Date.now();
  let [statusAt, reportedAt] = [begun, begun];
  for (; ; await delay(25)) {
    if (signal?.aborted === true) throw new Error('The start of PostgreSQL was aborted.');
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`PostgreSQL did not start: ${lastLines()}`);
    const status = await statusOf(child.pid ?? 0, folder);
    if (status === 'ready' && (await answers(url))) return;
    if (status !== undefined && status !== 'ready') {
      statusAt = Date.now();
      if (statusAt - reportedAt < Math.min(PROGRESS_EVERY_MS, silenceTimeoutMs)) continue;
      reportedAt = statusAt;
      onProgress?.(`PostgreSQL is recovering from a crash, for ${Math.round((reportedAt - begun) / 1_000)} s so far: ${lastLines()}`);
    } else if (Date.now() - statusAt > silenceTimeoutMs)
      throw new Error(`PostgreSQL did not answer within ${silenceTimeoutMs / 1000} s: ${lastLines()}`);
  }
}

/** Whether the server accepts connections. @throws Error when it refuses our password */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // connect and query reject with the same error.
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01')
      throw new Error(
        'The password of the embedded PostgreSQL does not match its files. The secrets in the data folder belong to another database.',
        { cause: error },
      );
    return false;
  } finally {
    await client.end().catch(() => undefined); // It may not have connected.
  }
}

/**
 * Starts a real PostgreSQL on `dataFolder`, on loopback only, and creates its files at the first start. It first stops a server that a killed run left behind on
 * the same folder. The server ends with this process, even when this process is killed.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const runAs = await resolveRunAs();
  const binaries = await findBinaries(runAs);
  const folder = await resolveDataFolder(options.dataFolder, runAs);
  // Check this first: the server version that created the files may still be running.
  const other = await otherMajor(folder);
  if (other !== undefined) throw new Error(`${other.problem}. Nothing was changed. ${other.advice}`);
  const left = await findRunningServer(folder);
  if (left !== undefined) await endServer(left.pid);
  await clearLock(folder);
  const made = await stat(join(folder, 'PG_VERSION')).catch(undefinedIfMissing);
  if (made === undefined) await initialize({ binaries, folder, password: options.password, runAs, durable: options.durable !== false });
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
    // Its own process group: Ctrl-C must reach only our shutdown, which stops PostgreSQL last.
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
