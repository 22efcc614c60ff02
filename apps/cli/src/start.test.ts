import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

import { openDatabase } from '@switchboard/database';
import { isAlive } from '@switchboard/database/embedded';
import { createTestDatabase } from '@switchboard/database/testing';
import { expect, it, vi } from 'vitest';

import {
  follow,
  makePlace,
  pidOf,
  type Place,
  postgresPid,
  processesOf,
  readEvents,
  startSystem,
  untilGone,
  untilReady,
  urlOf,
} from './testing/run-start.ts';

/** The names of the clients in the database. */
async function clientNames(place: Place, add?: string): Promise<string[]> {
  const database = openDatabase({ url: await urlOf(place), applicationName: 'test', poolSize: 1 });
  try {
    if (add !== undefined) await database.prisma.client.create({ data: { username: add } });
    const clients = await database.prisma.client.findMany({ orderBy: { id: 'asc' } });
    return clients.map(({ username }) => username);
  } finally {
    await database.close();
  }
}

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

// Each test starts one or two systems, whose PostgreSQL creates its files first. That takes seconds even on an idle machine.
vi.setConfig({ testTimeout: 120_000 });

it('starts, prints the addresses, and stops gracefully', async () => {
  const place = await makePlace();
  const start = startSystem(place);
  await untilReady(start);
  const lines = start.output().trim().split('\n');
  expect(lines.at(-1)).toMatch(/^ready after \d+\.\d s; Ctrl-C stops everything$/);
  for (const part of [
    `http://localhost:${place.port}\n`,
    `http://localhost:${place.port}/demo\n`,
    `http://localhost:${place.socketPort}/chat\n`,
    `<script async src="http://localhost:${place.port}/widget.js"></script>\n`,
    'npm run switchboard -- operator create --email ',
  ])
    expect(start.output()).toContain(part);
  // The servers' warnings are shown; the rest is in their logs.
  expect(start.output()).toContain('relay: warn: loud words\n');
  expect(start.output()).not.toContain('quiet words');
  expect(await readFile(join(place.dataDir, 'logs/web.log'), 'utf8')).toContain('quiet words');

  const pids = await processesOf(place);
  start.child.kill('SIGINT');
  start.child.kill('SIGTERM');
  expect(await once(start.child, 'exit')).toEqual([0, null]);
  expect(pids.filter(isAlive)).toEqual([]);
  const stops = (await readEvents(place)).filter(({ what }) => what === 'SIGTERM').map(({ name }) => name);
  expect(stops).toEqual(['web', 'relay']);
  expect(await readdir(place.dataDir)).not.toContain('switchboard.lock');
  // PostgreSQL shut down cleanly: it removed its pid file.
  expect(existsSync(join(place.dataDir, 'postgres/postmaster.pid'))).toBe(false);
});

it.each(['127.0.0.1', '0.0.0.0', ...(hasIPv6 ? ['::1', '[::1]', '::'] : [])])(
  'starts with a relay that listens only on %s',
  async (host) => {
    const { database, url } = await createTestDatabase();
    await database.close();
    const start = startSystem(await makePlace({ SOCKET_HOST: host, DATABASE_URL: url }));
    await untilReady(start);
    expect(start.output()).toMatch(/^ready after/m);
  },
);

it('restarts killed services, the database with its rows on the same port', async () => {
  const place = await makePlace();
  await untilReady(startSystem(place));
  const url = await urlOf(place);
  expect(await clientNames(place, 'Vera')).toEqual(['Vera']);
  for (const name of ['relay', 'web']) {
    const before = await pidOf(place, name);
    process.kill(before, 'SIGKILL');
    await expect.poll(async () => await pidOf(place, name)).not.toBe(before);
  }
  const before = await postgresPid(place);
  process.kill(before, 'SIGKILL');
  await expect.poll(async () => await clientNames(place).catch(String)).toEqual(['Vera']);
  expect(await postgresPid(place)).not.toBe(before);
  expect(await urlOf(place)).toBe(url);
});

it('creates no new database when the running one was removed', async () => {
  const place = await makePlace();
  const start = startSystem(place);
  await untilReady(start);
  const pid = await postgresPid(place);
  await rename(join(place.dataDir, 'postgres'), join(place.dataDir, 'moved away'));
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => start.output()).toContain('postgres is gone); restarting');
  expect(existsSync(join(place.dataDir, 'postgres'))).toBe(false);
  start.child.kill('SIGTERM');
  expect(await once(start.child, 'exit')).toEqual([0, null]);
});

it('leaves no processes when it is killed, and starts again with every row', async () => {
  const place = await makePlace();
  const first = startSystem(place);
  await untilReady(first);
  await clientNames(place, 'Vera');
  const url = await urlOf(place);
  const pids = await processesOf(place);
  first.child.kill('SIGKILL');
  // Immediately: the old processes are still stopping and hold the ports.
  const second = startSystem(place);
  await untilReady(second);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(await clientNames(place)).toEqual(['Vera']);
  expect(await urlOf(place)).toBe(url);
  const all = await processesOf(place);
  second.child.kill('SIGKILL');
  await untilGone(all);
});

it('starts after all processes were killed', async () => {
  const place = await makePlace();
  const first = startSystem(place);
  await untilReady(first);
  await clientNames(place, 'Vera');
  for (const pid of [first.pid, ...(await processesOf(place))]) process.kill(pid, 'SIGKILL');
  await once(first.child, 'exit');
  await untilReady(startSystem(place));
  expect(await clientNames(place)).toEqual(['Vera']);
});

it('ends a process that a killed start left behind and that does not stop on its own', async () => {
  const place = await makePlace();
  const first = startSystem(place, 'web:stubborn');
  await untilReady(first);
  const web = await pidOf(place, 'web');
  first.child.kill('SIGKILL');
  await untilReady(startSystem(place));
  expect(isAlive(web)).toBe(false);
});

it('kills a server that does not stop in time, and the servers’ child processes', async () => {
  const place = await makePlace();
  const start = startSystem(place, 'web:stubborn', 'web:grandchild', 'relay:grandchild');
  await untilReady(start);
  const pids = [
    ...(await processesOf(place)),
    ...(await readEvents(place)).filter(({ name }) => name === 'grandchild').map(({ pid }) => pid),
  ];
  expect(pids).toHaveLength(5);
  start.child.kill('SIGHUP');
  expect(await once(start.child, 'exit')).toEqual([0, null]);
  await untilGone(pids);
});

it('stops and prints the last output of a server that does not start', async () => {
  const place = await makePlace();
  const start = startSystem(place, 'web:refuse');
  expect(await once(start.child, 'close')).toEqual([1, null]);
  expect(start.output()).toContain('web does not like its settings\nweb did not start (exit code 3).\n');
  // The relay may or may not have started.
  await untilGone((await readEvents(place)).map(({ pid }) => pid));
  expect(existsSync(join(place.dataDir, 'postgres/postmaster.pid'))).toBe(false);
});

it('can be stopped while it starts', async () => {
  const place = await makePlace();
  const start = startSystem(place);
  await expect.poll(() => existsSync(join(place.dataDir, 'secrets.json'))).toBe(true);
  start.child.kill('SIGTERM');
  expect(await once(start.child, 'exit')).toEqual([0, null]);
  expect(existsSync(join(place.dataDir, 'postgres/postmaster.pid'))).toBe(false);
  expect(existsSync(join(place.dataDir, 'switchboard.lock'))).toBe(false);
});

/** Starts the system as the grandchild of a parent that only waits for it, like npm, and returns both. */
async function startUnderParent(place: Place, env: NodeJS.ProcessEnv) {
  const script = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, process.argv.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] });
    console.log('supervisor', child.pid);
    setInterval(() => undefined, 1000);`;
  const args = [
    '-e',
    script,
    '--',
    '--import',
    'tsx',
    join(import.meta.dirname, 'testing/start-with-fakes.ts'),
    join(place.dataDir, 'clone'),
  ];
  const parent = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    env: { ...place.environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const start = follow(parent);
  await untilReady(start);
  return { parent, supervisor: Number(/^supervisor (\d+)$/m.exec(start.output())?.[1]) };
}

it('ends when the npm that started it is killed', async () => {
  const place = await makePlace();
  const { parent, supervisor } = await startUnderParent(place, { npm_lifecycle_event: 'start' });
  const pids = [supervisor, ...(await processesOf(place))];
  parent.kill('SIGKILL');
  await untilGone(pids);
  expect((await readEvents(place)).filter(({ what }) => what === 'SIGTERM').map(({ name }) => name)).toEqual(['web', 'relay']);
});

it('keeps running when the shell that put it into the background has ended', async () => {
  const [place, other] = [await makePlace(), await makePlace()];
  const { parent, supervisor } = await startUnderParent(place, {});
  // A second system that watches its parent shows how long that takes: if the first one watched, too, it would end at about the same time.
  const looking = await startUnderParent(other, { npm_lifecycle_event: 'start' });
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  looking.parent.kill('SIGKILL');
  await untilGone([looking.supervisor]);
  expect(await clientNames(place)).toEqual([]);
  process.kill(supervisor, 'SIGTERM');
  await untilGone([supervisor, ...(await processesOf(place))]);
});

it('says in one line that it is already running, and on which folder', async () => {
  const place = await makePlace();
  const first = startSystem(place);
  await untilReady(first);
  const second = startSystem(place);
  expect(await once(second.child, 'close')).toEqual([1, null]);
  expect(second.output()).toBe(`Switchboard is already running on ${place.dataDir} (process ${first.pid}).\n`);
  // The first one is not affected.
  expect(await clientNames(place)).toEqual([]);
});

it('waits for another start that is stopping', async () => {
  const place = await makePlace();
  const first = startSystem(place, 'web:stubborn');
  await untilReady(first);
  first.child.kill('SIGTERM');
  const second = startSystem(place);
  await untilReady(second);
  expect(first.child.exitCode).toBe(0);
  expect(await clientNames(place)).toEqual([]);
});

// Only Linux reveals the process that uses a port.
const LINE_ABOUT_THE_PORT = new RegExp(
  `^SOCKET_PORT is "\\d+", and that port is in use${process.platform === 'linux' ? ` by process ${process.pid} \\(.*\\)` : ''}; it must be a free port\\.\n$`,
);

it('says in one line which port is in use, and by which process', async () => {
  const place = await makePlace();
  const server = createServer().listen(place.socketPort, '127.0.0.1');
  await once(server, 'listening');
  const start = startSystem(place);
  expect(await once(start.child, 'close')).toEqual([1, null]);
  server.close();
  expect(start.output()).toMatch(LINE_ABOUT_THE_PORT);
});

it('says in one line that the database’s secrets are missing', async () => {
  const place = await makePlace();
  const first = startSystem(place);
  await untilReady(first);
  first.child.kill('SIGTERM');
  await once(first.child, 'exit');
  const secrets = join(place.dataDir, 'secrets.json');
  expect((await stat(secrets)).mode & 0o777).toBe(0o600);
  await rm(secrets);
  const second = startSystem(place);
  expect(await once(second.child, 'close')).toEqual([1, null]);
  expect(second.output()).toMatch(/^\S+secrets\.json is missing, .* restore a backup .* in docs\/backup\.md\.\n$/);
  await writeFile(secrets, '{');
  const third = startSystem(place);
  expect(await once(third.child, 'close')).toEqual([1, null]);
  expect(third.output()).toMatch(/^\S+secrets\.json is damaged\. Restore it .* in docs\/backup\.md\.\n$/);
});
