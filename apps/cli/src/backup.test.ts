import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freePort } from '@switchboard/database/embedded';
import { createTestDatabase } from '@switchboard/database/testing';
import { expect, it, vi } from 'vitest';

import { makePlace, type Place, runCli, startSystem, temporaryFolder, untilReady } from './testing/run-start.ts';

// Each test starts one or two PostgreSQL servers, which create their files first.
vi.setConfig({ testTimeout: 180_000 });

const OLGA = ['operator', 'create', '--email', 'olga@example.org', '--name', 'Olga', '--password', 'correct horse'];
const LISTED = 'olga@example.org\tOlga\tOPERATOR\t0 signed in\n';

const secretsOf = async (place: Place) =>
  JSON.parse(await readFile(join(place.dataDir, 'secrets.json'), 'utf8')) as Record<
    'jwtSecret' | 'authSecret' | 'databasePassword',
    string
  >;

it('backs up a running system, and restores it on a new machine with the included secrets', async () => {
  const [old, fresh] = [await makePlace(), await makePlace()];
  const start = startSystem(old);
  await untilReady(start);
  expect(await runCli(old, OLGA)).toMatchObject({ code: 0 });
  const file = join(await temporaryFolder(), 'today.backup');
  const made = await runCli(old, ['backup', file, '--with-secrets']);
  expect(made).toMatchObject({ code: 0, errors: '' });
  expect(made.output).toContain(`${file} has 1 operator, 0 conversations, 0 messages and 0 images (`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(join(old.dataDir, 'last-backup.json'), 'utf8'))).toMatchObject({ file });
  start.child.kill('SIGTERM');
  await once(start.child, 'exit');

  const restored = await runCli(fresh, ['restore', file]);
  expect(restored).toMatchObject({ code: 0, errors: '' });
  expect(restored.output).toContain('Restored 1 operator, 0 conversations, 0 messages and 0 images. Operators have to sign in again.\n');
  expect(restored.output).toContain('The secrets of the backup were restored.');
  expect(await runCli(fresh, ['operator', 'list'])).toMatchObject({ output: LISTED });
  const [then, now] = [await secretsOf(old), await secretsOf(fresh)];
  expect(now).toMatchObject({ jwtSecret: then.jwtSecret, authSecret: then.authSecret });
  // The other cluster's password would not open this database.
  expect(now.databasePassword).not.toBe(then.databasePassword);
  expect((await stat(join(fresh.dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
  const again = startSystem(fresh);
  await untilReady(again);
  again.child.kill('SIGTERM');
  await once(again.child, 'exit');
  expect((await readdir(fresh.dataDir)).filter((name) => name.includes('restore'))).toEqual([]);
});

it('restores into an external database that is not empty only with --replace, and keeps secrets that the environment sets', async () => {
  const { database, url } = await createTestDatabase();
  const [jwt, otherJwt, auth] = [1, 2, 3].map(() => randomBytes(32).toString('hex'));
  const place = await makePlace({ DATABASE_URL: url, JWT_SECRET: jwt, AUTH_SECRET: auth });
  try {
    expect(await runCli(place, OLGA)).toMatchObject({ code: 0 });
    const file = join(place.dataDir, '../today.backup');
    expect(await runCli(place, ['backup', file, '--with-secrets'])).toMatchObject({ code: 0, errors: '' });
    expect(await runCli(place, ['backup', join(place.dataDir, 'none/today.backup')])).toMatchObject({
      code: 1,
      errors: `There is no folder ${join(place.dataDir, 'none')}.\n`,
    });
    expect(await runCli(place, ['operator', 'role', '--email', 'olga@example.org', '--role', 'ADMIN'])).toMatchObject({ code: 0 });
    const refused = await runCli(place, ['restore', file]);
    expect(refused.code).toBe(1);
    expect(refused.errors).toBe(
      'The database is not empty: it has 1 operator, 0 conversations, 0 messages and 0 images. Nothing was changed. Use --replace to replace all of it with the backup.\n',
    );
    const replaced = await runCli(place, ['restore', '--replace', file], { env: { JWT_SECRET: otherJwt } });
    expect(replaced).toMatchObject({ code: 0, errors: '' });
    expect(replaced.output).toContain('JWT_SECRET is set here and differs from the one in the backup');
    expect(replaced.output).not.toContain(jwt);
    expect(await runCli(place, ['operator', 'list'])).toMatchObject({ output: LISTED });
    expect(existsSync(join(place.dataDir, 'postgres'))).toBe(false);
    // Another program's table with rows that reference ours.
    await database.prisma.$executeRaw`CREATE TABLE notes (about INTEGER REFERENCES "User" (id))`;
    expect(await runCli(place, ['restore', '--replace', file])).toMatchObject({
      code: 1,
      errors: 'The database refused a statement: cannot truncate a table referenced in a foreign key constraint. Nothing was changed.\n',
    });
    expect(await runCli(place, ['operator', 'list'])).toMatchObject({ output: LISTED });
  } finally {
    await database.close();
  }
});

it('explains what a backup without secrets means, and generates new ones', async () => {
  const { database, url } = await createTestDatabase();
  try {
    const [old, fresh] = [await makePlace({ DATABASE_URL: url }), await makePlace()];
    expect(await runCli(old, OLGA)).toMatchObject({ code: 0 });
    const file = join(old.dataDir, '../today.backup');
    expect((await runCli(old, ['backup', file])).output).toContain('It contains no secrets; --with-secrets includes them.');
    expect((await runCli(fresh, ['restore', file])).output).toContain(
      'The backup contains no secrets. Unless this installation has the old ones, returning visitors start a new conversation.',
    );
    expect(Object.keys(await secretsOf(fresh))).toEqual(['jwtSecret', 'authSecret', 'databasePassword']);
  } finally {
    await database.close();
  }
});

it('says in one line why the database can’t be reached', async () => {
  const port = await freePort();
  const place = await makePlace({ DATABASE_URL: `postgresql://me:hidden@127.0.0.1:${port}/chat` });
  const result = await runCli(place, ['backup', join(await temporaryFolder(), 'x')]);
  expect(result).toMatchObject({ code: 1, output: '' });
  expect(result.errors).toBe(
    `The database chat at 127.0.0.1:${port} can't be used: nothing listens at 127.0.0.1:${port} (ECONNREFUSED).\n`,
  );
});

it('says in one line what is wrong, and creates nothing', async () => {
  const place = await makePlace();
  const folder = await temporaryFolder();
  const other = join(folder, 'letter');
  await writeFile(other, 'a letter');
  await mkdir(join(folder, 'folder'));
  const cases: [string[], RegExp][] = [
    [['backup'], /^backup: give the name of one file: backup FILE \[--with-secrets\]\n$/],
    [['backup', 'a', 'b'], /^backup: give the name of one file/],
    [['backup', 'a', '--replace'], /^backup: Unknown option '--replace'/],
    [['backup', join(folder, 'x')], /^There is no database in .*, and "backup" does not create one\. .*\n$/],
    [['restore', join(folder, 'none')], /^There is no file .*none\.\n$/],
    [['restore', other], /^.*letter is not a complete backup of Switchboard .* Nothing was changed\. Use another copy\.\n$/],
    [['restore', join(folder, 'folder')], /^.*folder is a folder; give the name of a file\.\n$/],
  ];
  for (const [args, errors] of cases) {
    const result = await runCli(place, args);
    expect(result.errors).toMatch(errors);
    expect(result.code).toBe(1);
  }
  expect(existsSync(place.dataDir)).toBe(false);
  expect((await readdir(folder)).toSorted()).toEqual(['folder', 'letter']);
});

it('start and doctor say what to do about a database of another major version of PostgreSQL, and do not change it', async () => {
  const place = await makePlace();
  const postgres = join(place.dataDir, 'postgres');
  await mkdir(postgres, { recursive: true });
  await writeFile(join(postgres, 'PG_VERSION'), '13\n');
  const secret = () => randomBytes(32).toString('base64url');
  await writeFile(
    join(place.dataDir, 'secrets.json'),
    JSON.stringify({ jwtSecret: secret(), authSecret: secret(), databasePassword: secret() }),
    { mode: 0o600 },
  );
  const problem = /postgres was created by PostgreSQL 13, and this version of Switchboard includes PostgreSQL \d+, which can't read it/;
  for (const args of [['migrate'], ['backup', join(place.dataDir, 'x')]]) {
    const result = await runCli(place, args);
    expect(result).toMatchObject({ code: 1, output: '' });
    expect(result.errors).toMatch(problem);
    expect(result.errors.trim().split('\n')).toHaveLength(1);
  }
  const start = startSystem(place);
  expect(await once(start.child, 'close')).toEqual([1, null]);
  expect(start.output()).toMatch(problem);
  const { output } = await runCli(place, ['doctor', '--json']);
  const results = JSON.parse(output) as unknown;
  expect(JSON.stringify(results)).toMatch(problem);
  expect(await readdir(postgres)).toEqual(['PG_VERSION']);
});
