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
  // A server that is killed breaks this connection too; the query tells.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Writes rows and answers how many the server said are committed. */
async function fill(cluster: Cluster): Promise<number> {
  await query(cluster.url('postgres'), 'CREATE TABLE kept (n INT)');
  const rows = await query<{ n: number }>(cluster.url('postgres'), 'INSERT INTO kept SELECT generate_series(1, 500) RETURNING n');
  return rows.length;
}
const kept = async (cluster: Cluster) =>
  (await query<{ count: number }>(cluster.url('postgres'), 'SELECT count(*)::int FROM kept'))[0]?.count;

/** Kills a server and everything it started, as `kill -9` of the whole group or a power cut does. */
async function crash(cluster: Cluster): Promise<void> {
  const { pid } = cluster;
  const backends = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number);
  for (const each of [...backends, pid]) {
    try {
      process.kill(each, 'SIGKILL');
    } catch (error) {
      if ((error as { code?: string }).code !== 'ESRCH') throw error; // It ended by itself since the list was read.
    }
  }
  await cluster.exited;
}

describe('a cluster', () => {
  it('is made at the first start, on loopback only, with the password given', async () => {
    const cluster = await start();
    expect((await stat(dataFolder)).mode & 0o077).toBe(0);
    expect(await query(cluster.url('postgres'), 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(cluster.url('postgres'), 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    const wrong = new URL(cluster.url('postgres'));
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('stopped and started again has what it had, on the port asked for', async () => {
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

  it('killed with everything it started has every committed row at the next start', async () => {
    const first = await start();
    const count = await fill(first);
    await crash(first);
    expect(await kept(await start())).toBe(count);
  });

  it('killed alone (its children still there) comes back all the same', async () => {
    const first = await start();
    const count = await fill(first);
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await kept(await start())).toBe(count);
  });

  it('has all the time it needs to repair its files, and says so meanwhile', async () => {
    const first = await start();
    const count = await fill(first);
    await first.stop();
    // A recovery that waits for an archive lasts for as long as we want.
    const go = join(folder, 'go');
    await writeFile(join(dataFolder, 'recovery.signal'), '');
    await writeFile(join(dataFolder, 'postgresql.auto.conf'), `restore_command = 'while [ ! -e "${go}" ]; do sleep 0.02; done; false'\n`);
    const told: string[] = [];
    const starting = start({ patienceMs: 100, onProgress: (line) => void told.push(line) });
    try {
      // Far beyond its patience with a server that says nothing.
      await expect.poll(() => told.length).toBeGreaterThan(5);
      expect(told[0]).toMatch(/repairs its files after a crash, for \d+ s so far/);
    } finally {
      await writeFile(go, '');
    }
    expect(await kept(await starting)).toBe(count);
  });

  it('that repairs its files ends when the start is given up', async () => {
    await (await start()).stop();
    await writeFile(join(dataFolder, 'recovery.signal'), '');
    await writeFile(join(dataFolder, 'postgresql.auto.conf'), `restore_command = 'while [ -d "${folder}" ]; do sleep 0.02; done; false'\n`);
    const stop = new AbortController();
    const starting = start({ signal: stop.signal, patienceMs: 100, onProgress: () => stop.abort() });
    await expect(starting).rejects.toThrow(/given up/);
    expect(await findRunningServer(await realpath(dataFolder))).toBeUndefined();
  });

  it('starts although some other program has the number of the killed server now', async () => {
    const cluster = await start();
    const rows = await fill(cluster);
    const lock = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8');
    await crash(cluster);
    // Of the server's own user: other users' programs PostgreSQL tells apart by itself.
    const { uid, gid } = await stat(dataFolder);
    const other = spawn('sleep', ['60'], { uid, gid, cwd: '/' });
    children.push(other);
    await writeFile(join(dataFolder, 'postmaster.pid'), lock.replace(/^\d+/, String(other.pid)));
    expect(await kept(await start())).toBe(rows);
  });

  it('a start that died while the files were made is made anew', async () => {
    await mkdir(`${dataFolder}.new`);
    await writeFile(join(`${dataFolder}.new`, 'PG_VERSION'), '18\n');
    await writeFile(`${dataFolder}.password`, 'left\n');
    const cluster = await start();
    expect(await query(cluster.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(stat(`${dataFolder}.password`)).rejects.toThrow(/ENOENT/);
  });

  it('says in a line that the password is not the one its files were made with', async () => {
    await (await start()).stop();
    await expect(start({ password: 'another' })).rejects.toThrow(/password of the embedded PostgreSQL does not fit its files/);
    expect(await findRunningServer(await realpath(dataFolder))).toBeUndefined();
  });

  it('leaves files of another major version as they are, and says how to bring them over', async () => {
    await mkdir(dataFolder);
    await writeFile(join(dataFolder, 'PG_VERSION'), '13\n');
    // Of the server that made them, which may be running.
    await writeFile(join(dataFolder, 'postmaster.pid'), '1\n');
    await expect(start()).rejects.toThrow(
      /was made by PostgreSQL 13, and this version of Switchboard brings PostgreSQL \d+, which can't read it\. Nothing was changed\. Make a backup with the version of Switchboard that ran before/,
    );
    expect((await readdir(dataFolder)).toSorted()).toEqual(['PG_VERSION', 'postmaster.pid']);
  });

  it('says in a line why it can not start', async () => {
    await (await start()).stop();
    await writeFile(join(dataFolder, 'postgresql.auto.conf'), 'nonsense = on\n');
    await expect(start()).rejects.toThrow(/PostgreSQL did not start: .*(nonsense|configuration)/);
  });

  it('on a port that is taken says so', async () => {
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

  it('takes PostgreSQL with it when it is killed, and the next start finds everything', async () => {
    const { child, pid, url } = await owner();
    await query(url, 'CREATE TABLE kept AS SELECT generate_series(1, 500) AS n');
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
    await expect(stat(join(dataFolder, 'postmaster.pid'))).rejects.toThrow(/ENOENT/); // An orderly end, not a crash.
    expect(await kept(await start())).toBe(500);
  });

  it('is relieved of it by the next start when the server was left running', async () => {
    const { child, pid, url } = await owner();
    await query(url, 'CREATE TABLE kept AS SELECT generate_series(1, 500) AS n');
    // With owner and guard frozen nobody stops the server, as when the guard was killed too.
    child.kill('SIGSTOP');
    const left = await findRunningServer(await realpath(dataFolder));
    expect(left?.pid).toBe(pid);
    const next = await start();
    expect(next.pid).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect(await kept(next)).toBe(500);
  });
});

it('without /proc a server is known by its name and its start, and not by its number alone', async () => {
  const cluster = await start();
  const startedAt = Number((await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n')[2]);
  expect(await isPostmasterByPs(cluster.pid, startedAt)).toBe(true);
  // Another life of the same number, and another program.
  expect(await isPostmasterByPs(cluster.pid, startedAt - 3_600)).toBe(false);
  expect(await isPostmasterByPs(process.pid, startedAt)).toBe(false);
  expect(await isPostgresRunning()).toBe(true);
  const pid = cluster.pid;
  await cluster.stop();
  expect(await isPostmasterByPs(pid, startedAt)).toBe(false);
});

it('what initdb writes is brought to the disk before it gets its name, unless it is for throwing away', () => {
  const paths = { folder: '/x', passwordFile: '/y' };
  expect(initdbArguments({ ...paths, durable: true })).not.toContain('--no-sync');
  expect(initdbArguments({ ...paths, durable: false })).toContain('--no-sync');
});

it('a pid file whose number some other program has now is no running server', async () => {
  const cluster = await start();
  await cluster.stop();
  const path = await realpath(dataFolder);
  await writeFile(join(path, 'postmaster.pid'), `${process.pid}\n${path}\n0\n5432\n`);
  expect(await findRunningServer(path)).toBeUndefined();
});

it.runIf(process.getuid?.() === 0)('root’s folder that the server’s user can not enter is a link to one that it can', async () => {
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

it.runIf(process.getuid?.() === 0)('a folder made anew where root had one before gets a database of its own', async () => {
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
