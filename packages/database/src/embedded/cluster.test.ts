import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ensureDatabase, findRunningServer, isAlive, startCluster, type Cluster, type ClusterOptions } from './index.ts';
import { initdbArguments } from './cluster.ts';
import { isPostgresRunning, isPostmasterByPs } from './postmaster.ts';

const PASSWORD = 'p@ss / w:rd?';
let folder: string;
let dataFolder: string;
const clusters: Cluster[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchboard-cluster-'));
  await chmod(folder, 0o755);
  dataFolder = join(folder, 'postgres');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const cluster of clusters.splice(0)) await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(more: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const cluster = await startCluster({ dataFolder, password: PASSWORD, ...more });
  clusters.push(cluster);
  return cluster;
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  // A killed server also breaks this connection; the query rejects.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Writes rows and returns how many the server reported as committed. */
async function fill(cluster: Cluster): Promise<number> {
  await query(cluster.url('postgres'), 'CREATE TABLE kept (n INT)');
  const rows = await query<{ n: number }>(cluster.url('postgres'), 'INSERT INTO kept SELECT generate_series(1, 500) RETURNING n');
  return rows.length;
}
const kept = async (cluster: Cluster) =>
  (await query<{ count: number }>(cluster.url('postgres'), 'SELECT count(*)::int FROM kept'))[0]?.count;

/** Kills a server and all its children, like `kill -9` of the whole group or a power failure. */
async function crash(cluster: Cluster): Promise<void> {
  const { pid } = cluster;
  const backends = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number);
  for (const each of [...backends, pid]) {
    try {
      process.kill(each, 'SIGKILL');
    } catch (error) {
      if ((error as { code?: string }).code !== 'ESRCH') throw error; // It ended after the list was read.
    }
  }
  await cluster.exited;
}

describe('a cluster', () => {
  it('is created at the first start, on loopback only, with the given password', async () => {
    const cluster = await start();
    expect((await stat(dataFolder)).mode & 0o077).toBe(0);
    expect(await query(cluster.url('postgres'), 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(cluster.url('postgres'), 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    const wrong = new URL(cluster.url('postgres'));
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('keeps its data after a restart, and uses the given port', async () => {
    const first = await start();
    await ensureDatabase(first.url('postgres'), 'own "name"');
    await ensureDatabase(first.url('postgres'), 'own "name"');
    const count = await fill(first);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    expect(await first.exited).toEqual({ code: 0, signal: null });
    const second = await start({ port: first.port });
    expect(second.port).toBe(first.port);
    expect(await kept(second)).toBe(count);
    expect(await query(second.url('postgres'), `SELECT datname FROM pg_database WHERE datname LIKE 'own%'`)).toEqual([
      { datname: 'own "name"' },
    ]);
  });

  it('has every committed row after it and its children were killed', async () => {
    const first = await start();
    const count = await fill(first);
    await crash(first);
    expect(await kept(await start())).toBe(count);
  });

  it('starts again after it was killed while its children still run', async () => {
    const first = await start();
    const count = await fill(first);
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await kept(await start())).toBe(count);
  });

  it('may take any time for crash recovery, and reports progress meanwhile', async () => {
    const first = await start();
    const count = await fill(first);
    await first.stop();
    // A recovery that waits for an archive lasts as long as this test wants.
    const go = join(folder, 'go');
    await writeFile(join(dataFolder, 'recovery.signal'), '');
    await writeFile(join(dataFolder, 'postgresql.auto.conf'), `restore_command = 'while [ ! -e "${go}" ]; do sleep 0.02; done; false'\n`);
    const lines: string[] = [];
    const starting = start({ silenceTimeoutMs: 100, onProgress: (line) => void lines.push(line) });
    try {
      // Far beyond the timeout for a silent server.
      await expect.poll(() => lines.length).toBeGreaterThan(5);
      expect(lines[0]).toMatch(/is recovering from a crash, for \d+ s so far/);
    } finally {
      await writeFile(go, '');
    }
    expect(await kept(await starting)).toBe(count);
  });

  it('ends during crash recovery when the start is aborted', async () => {
    await (await start()).stop();
    await writeFile(join(dataFolder, 'recovery.signal'), '');
    await writeFile(join(dataFolder, 'postgresql.auto.conf'), `restore_command = 'while [ -d "${folder}" ]; do sleep 0.02; done; false'\n`);
    const stop = new AbortController();
    const starting = start({ signal: stop.signal, silenceTimeoutMs: 100, onProgress: () => stop.abort() });
    await expect(starting).rejects.toThrow(/was aborted/);
    expect(await findRunningServer(await realpath(dataFolder))).toBeUndefined();
  });

  it('starts although another program now has the process id of the killed server', async () => {
    const cluster = await start();
    const rows = await fill(cluster);
    const lock = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8');
    await crash(cluster);
    // Under the server's user: PostgreSQL itself recognizes other users' programs.
    const { uid, gid } = await stat(dataFolder);
    const other = spawn('sleep', ['60'], { uid, gid, cwd: '/' });
    children.push(other);
    await writeFile(join(dataFolder, 'postmaster.pid'), lock.replace(/^\d+/, String(other.pid)));
    expect(await kept(await start())).toBe(rows);
  });

  it('recovers from a start that was killed while it created the files', async () => {
    await mkdir(`${dataFolder}.new`);
    await writeFile(join(`${dataFolder}.new`, 'PG_VERSION'), '18\n');
    await writeFile(`${dataFolder}.password`, 'left\n');
    const cluster = await start();
    expect(await query(cluster.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(stat(`${dataFolder}.password`)).rejects.toThrow(/ENOENT/);
  });

  it('reports in one line that the password does not match its files', async () => {
    await (await start()).stop();
    await expect(start({ password: 'another' })).rejects.toThrow(/password of the embedded PostgreSQL does not match its files/);
    expect(await findRunningServer(await realpath(dataFolder))).toBeUndefined();
  });

  it('does not touch the files of another major version, and says how to migrate them', async () => {
    await mkdir(dataFolder);
    await writeFile(join(dataFolder, 'PG_VERSION'), '13\n');
    // The pid file of the server that created them, which may be running.
    await writeFile(join(dataFolder, 'postmaster.pid'), '1\n');
    await expect(start()).rejects.toThrow(
      /was created by PostgreSQL 13, and this version of Switchboard includes PostgreSQL \d+, which can't read it\. Nothing was changed\. Make a backup with the previous version of Switchboard/,
    );
    expect((await readdir(dataFolder)).toSorted()).toEqual(['PG_VERSION', 'postmaster.pid']);
  });

  it('reports in one line why it can’t start', async () => {
    await (await start()).stop();
    await writeFile(join(dataFolder, 'postgresql.auto.conf'), 'nonsense = on\n');
    await expect(start()).rejects.toThrow(/PostgreSQL did not start: .*(nonsense|configuration)/);
  });

  it('reports that its port is in use', async () => {
    const first = await start();
    await expect(start({ dataFolder: join(folder, 'second'), port: first.port })).rejects.toThrow(
      /PostgreSQL did not start: .*127\.0\.0\.1.*/,
    );
  });
});

describe('a process that owns a cluster', () => {
  async function owner(): Promise<{ child: ChildProcess; pid: number; url: string }> {
    const script = join(import.meta.dirname, '../testing/fixtures/cluster-owner.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, dataFolder, PASSWORD], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return { child, ...(JSON.parse(line) as { pid: number; url: string }) };
  }

  it('ends PostgreSQL when it is killed, and the next start finds all data', async () => {
    const { child, pid, url } = await owner();
    await query(url, 'CREATE TABLE kept AS SELECT generate_series(1, 500) AS n');
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
    await expect(stat(join(dataFolder, 'postmaster.pid'))).rejects.toThrow(/ENOENT/); // A clean shutdown, not a crash.
    expect(await kept(await start())).toBe(500);
  });

  it('may leave its server running; the next start stops it', async () => {
    const { child, pid, url } = await owner();
    await query(url, 'CREATE TABLE kept AS SELECT generate_series(1, 500) AS n');
    // With owner and guard frozen, no one stops the server, as if the guard had been killed, too.
    child.kill('SIGSTOP');
    const left = await findRunningServer(await realpath(dataFolder));
    expect(left?.pid).toBe(pid);
    const next = await start();
    expect(next.pid).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect(await kept(next)).toBe(500);
  });
});

it('without /proc a server is identified by its name and start time, not only by its process id', async () => {
  const cluster = await start();
  const startedAt = Number((await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n')[2]);
  expect(await isPostmasterByPs(cluster.pid, startedAt)).toBe(true);
  // A reused process id, and another program.
  expect(await isPostmasterByPs(cluster.pid, startedAt - 3_600)).toBe(false);
  expect(await isPostmasterByPs(process.pid, startedAt)).toBe(false);
  expect(await isPostgresRunning()).toBe(true);
  const pid = cluster.pid;
  await cluster.stop();
  expect(await isPostmasterByPs(pid, startedAt)).toBe(false);
});

it('initdb flushes its files to disk before they are renamed, except for throw-away clusters', () => {
  const paths = { folder: '/x', passwordFile: '/y' };
  expect(initdbArguments({ ...paths, durable: true })).not.toContain('--no-sync');
  expect(initdbArguments({ ...paths, durable: false })).toContain('--no-sync');
});

it('a pid file whose process id belongs to another program does not mean a running server', async () => {
  const cluster = await start();
  await cluster.stop();
  const path = await realpath(dataFolder);
  await writeFile(join(path, 'postmaster.pid'), `${process.pid}\n${path}\n0\n5432\n`);
  expect(await findRunningServer(path)).toBeUndefined();
});

it.runIf(process.getuid?.() === 0)('a folder of root that the server’s user can’t enter becomes a link to one that it can', async () => {
  await chmod(folder, 0o700);
  const cluster = await start();
  const count = await fill(cluster);
  expect((await lstat(dataFolder)).isSymbolicLink()).toBe(true);
  const target = await realpath(dataFolder);
  try {
    await crash(cluster);
    expect(await kept(await start())).toBe(count);
  } finally {
    await clusters.pop()?.stop();
    await rm(join(target, '..'), { recursive: true, force: true });
  }
});

it.runIf(process.getuid?.() === 0)('a new folder of root at the path of an earlier one gets a new database', async () => {
  const targets: string[] = [];
  try {
    for (const password of ['the first password', 'the second password']) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
      const cluster = await start({ password });
      targets.push(await realpath(dataFolder));
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    }
    expect(new Set(targets).size).toBe(2);
  } finally {
    await Promise.all(targets.map(async (target) => await rm(join(target, '..'), { recursive: true, force: true })));
  }
});
