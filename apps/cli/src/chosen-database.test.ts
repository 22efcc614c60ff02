import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it, onTestFinished, vi } from 'vitest';

import { noteServing } from './standalone/serving.mjs';
import { chooseDatabase, type Making } from './chosen-database.ts';
import { readConfig } from './config.ts';
import { makePlace, runCli, startSystem, temporaryFolder, untilReady } from './testing/run-start.ts';

vi.setConfig({ testTimeout: 120_000 });

const CREATE: Making = { command: 'operator create', make: 'if alone' };
/** Ports on which Switchboard never runs. */
const PORTS = { PORT: '10', SOCKET_PORT: '14' };
const create = (email: string, ...more: string[]) => [
  'operator',
  'create',
  '--email',
  email,
  '--name',
  'Olga',
  '--password',
  'correct horse',
  ...more,
];

/** A fresh clone on a machine without an installed service. */
async function alone() {
  const clone = await temporaryFolder();
  return { clone, surroundings: { clone, serviceFiles: [join(clone, 'switchboard.env')] } };
}

it('creates a database on a fresh clone, and says where', async () => {
  const { clone, surroundings } = await alone();
  const chosen = await chooseDatabase(readConfig(PORTS, clone), CREATE, surroundings);
  expect(chosen).toBe(`the embedded one in ${join(clone, '.data/postgres')}, created just now`);
});

it('creates none where a service is installed and DATA_DIR is not set, unless asked to', async () => {
  const { clone, surroundings } = await alone();
  await writeFile(join(clone, 'switchboard.env'), '');
  await expect(chooseDatabase(readConfig(PORTS, clone), CREATE, surroundings)).rejects.toThrow(
    /^There is no database in \S+\/\.data, and this machine has an installed service \(\S+switchboard\.env\) while DATA_DIR is not set here\. .*--new/,
  );
  const chosen = readConfig({ ...PORTS, DATA_DIR: join(clone, 'elsewhere') }, clone);
  expect(await chooseDatabase(chosen, CREATE, surroundings)).toContain('created just now');
  expect(await chooseDatabase(readConfig(PORTS, clone), { ...CREATE, make: 'yes' }, surroundings)).toContain('created just now');
});

it('creates none while a start runs from the same clone on another folder', async () => {
  const { clone, surroundings } = await alone();
  onTestFinished(noteServing(clone, '/var/lib/switchboard'));
  await expect(chooseDatabase(readConfig(PORTS, clone), CREATE, surroundings)).rejects.toThrow(
    `Switchboard runs from this clone (process ${process.pid}) with its data in /var/lib/switchboard`,
  );
});

it('uses an existing database, whatever else runs, and names it without its password', async () => {
  const { clone, surroundings } = await alone();
  await writeFile(join(clone, 'switchboard.env'), '');
  await mkdir(join(clone, '.data/postgres'), { recursive: true });
  await writeFile(join(clone, '.data/postgres/PG_VERSION'), '18');
  expect(await chooseDatabase(readConfig(PORTS, clone), CREATE, surroundings)).toBe(`the embedded one in ${join(clone, '.data/postgres')}`);
  const given = readConfig({ ...PORTS, DATABASE_URL: 'postgresql://me:canary@db.example:5432/chat' }, clone);
  expect(await chooseDatabase(given, CREATE, surroundings)).toBe('chat at db.example:5432 (DATABASE_URL)');
});

it('refuses a database that no server uses while a start from the same clone uses another', async () => {
  const { clone, surroundings } = await alone();
  await mkdir(join(clone, '.data/postgres'), { recursive: true });
  await writeFile(join(clone, '.data/postgres/PG_VERSION'), '18');
  onTestFinished(noteServing(clone, '/var/lib/switchboard'));
  for (const make of ['no', 'if alone', 'yes'] as const)
    await expect(chooseDatabase(readConfig(PORTS, clone), { command: 'operator remove', make }, surroundings)).rejects.toThrow(
      /^Nothing runs on the database in \S+\/\.data, and Switchboard runs from this clone .* in \/var\/lib\/switchboard\. /,
    );
  const chosen = readConfig({ ...PORTS, DATA_DIR: '.data' }, clone);
  expect(await chooseDatabase(chosen, CREATE, surroundings)).toContain(join(clone, '.data/postgres'));
});

it('creates operators only in the database of the servers on these ports', async () => {
  const place = await makePlace();
  const start = startSystem(place);
  await untilReady(start);
  const elsewhere = join(await temporaryFolder(), 'data');
  for (const args of [create('olga@example.org'), ['migrate']]) {
    const { code, output, errors } = await runCli(place, args, { env: { DATA_DIR: elsewhere } });
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(/^There is no database in \S+, and Switchboard runs at http:\/\/127\.0\.0\.1:\d+ with other data\. .*\n$/);
  }
  expect(existsSync(elsewhere)).toBe(false);
  expect(await runCli(place, create('olga@example.org'))).toEqual({
    code: 0,
    output: 'Operator olga@example.org was created.\n',
    errors: `Database: the embedded one in ${join(place.dataDir, 'postgres')}.\n`,
  });
  start.child.kill('SIGTERM');
  await once(start.child, 'exit');
});

it('creates no database to list, change or remove operators', async () => {
  const place = await makePlace();
  for (const [verb = '', ...more] of [
    ['list'],
    ['remove', '--email', 'o@example.org'],
    ['role', '--email', 'o@example.org', '--role', 'admin'],
  ]) {
    const { code, errors } = await runCli(place, ['operator', verb, ...more]);
    expect(code).toBe(1);
    expect(errors).toContain(`There is no database in ${place.dataDir}, and "operator ${verb}" does not create one.`);
  }
  expect(existsSync(place.dataDir)).toBe(false);
});
