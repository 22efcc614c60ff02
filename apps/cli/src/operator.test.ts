import { once } from 'node:events';

import { openDatabase } from '@switchboard/database';
import { createTestDatabase } from '@switchboard/database/testing';
import { expect, it, vi } from 'vitest';

import { readEvents, makePlace, runCli, startSystem, untilReady, urlOf } from './testing/run-start.ts';

vi.setConfig({ testTimeout: 240_000 });

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

async function operators(url: string) {
  const database = openDatabase({ url, applicationName: 'test', poolSize: 1 });
  try {
    return await database.prisma.user.findMany({ select: { email: true, name: true, role: true }, orderBy: { id: 'asc' } });
  } finally {
    await database.close();
  }
}

it('creates an operator once, in the same database, whether the system runs or not', async () => {
  const place = await makePlace();
  expect(await runCli(place, create('Olga@example.org'))).toEqual({
    code: 0,
    output: 'Operator Olga@example.org was created.\n',
    errors: `Database: the embedded one in ${place.dataDir}/postgres, created just now.\n`,
  });
  const errors = `Database: the embedded one in ${place.dataDir}/postgres.\n`;
  const start = startSystem(place);
  // The system is not ready yet: the command waits for its database.
  const early = runCli(place, create('early@example.org'));
  await untilReady(start);
  expect(await early).toMatchObject({ code: 0, errors });
  expect(start.output()).not.toContain('There is no operator yet');
  expect(await runCli(place, create('olga@example.org'))).toEqual({
    code: 1,
    output: '',
    errors: 'There is an operator with the e-mail olga@example.org already.\n',
  });
  expect(await runCli(place, create('ada@example.org', '--role', 'admin'))).toMatchObject({ code: 0, errors });
  expect(await operators(await urlOf(place))).toEqual([
    { email: 'olga@example.org', name: 'Olga', role: 'OPERATOR' },
    { email: 'early@example.org', name: 'Olga', role: 'OPERATOR' },
    { email: 'ada@example.org', name: 'Olga', role: 'ADMIN' },
  ]);
  start.child.kill('SIGTERM');
  expect(await once(start.child, 'exit')).toEqual([0, null]);
  expect(await runCli(place, create('ada@example.org'))).toMatchObject({ code: 1 });
});

it('uses the database of DATABASE_URL, and a password from standard input', async () => {
  const place = await makePlace();
  const { database, url } = await createTestDatabase();
  await database.close();
  const args = ['operator', 'create', '--email', 'olga@example.org', '--name', 'Olga', '--password-stdin'];
  const { host, pathname } = new URL(url);
  const errors = `Database: ${pathname.slice(1)} at ${host} (DATABASE_URL).\n`;
  expect(await runCli(place, args, { input: 'correct horse\n', env: { DATABASE_URL: url } })).toMatchObject({ code: 0, errors });
  expect(await operators(url)).toHaveLength(1);
  expect(await runCli(place, ['migrate'], { env: { DATABASE_URL: url } })).toEqual({
    code: 0,
    output: 'The database is up to date.\n',
    errors,
  });
});

it('lists, changes and removes operators, and makes the running relay close their connections', async () => {
  const place = await makePlace();
  await runCli(place, create('olga@example.org'));
  const start = startSystem(place);
  await untilReady(start);
  expect(await runCli(place, ['operator', 'list'])).toMatchObject({ code: 0, output: 'olga@example.org\tOlga\tOPERATOR\t0 signed in\n' });
  const changes = [['role', '--role', 'admin'], ['password', '--password', 'another horse'], ['remove']];
  for (const [verb = '', ...more] of changes)
    expect(await runCli(place, ['operator', verb, '--email', 'olga@example.org', ...more])).toMatchObject({
      code: 0,
      errors: `Database: the embedded one in ${place.dataDir}/postgres.\n`,
    });
  expect(await runCli(place, ['operator', 'list'])).toMatchObject({ output: 'olga@example.org\tOlga\tADMIN\tremoved\n' });
  expect((await readEvents(place)).filter(({ what }) => what === 'hint revoked')).toHaveLength(3);
  start.child.kill('SIGTERM');
  await once(start.child, 'exit');
});

it.each([
  [['operator'], /^operator: it must be one of "operator create /],
  [['operator', 'sack'], /^operator: it must be one of "operator create /],
  [['operator', 'role', '--email', 'olga@example.org'], /^--role is missing: operator role /],
  [['operator', 'remove'], /^--email is missing: operator remove /],
  [['operator', 'remove', '--email', 'nobody@example.org'], /^There is no operator with the e-mail nobody@example\.org\.\n$/],
  [['operator', 'list', '--email', 'x'], /^operator list: Unknown option '--email'/],
  [['operator', 'create'], /^--email is missing: operator create /],
  [create('olga', '--password', 'short'), /^--email must be an e-mail address; --password must have at least 10 characters\.\n$/],
  [create('olga@example.org', '--role', 'boss'), /^--role is "boss"; it must be OPERATOR, SUPERVISOR or ADMIN\.\n$/],
  [create('olga@example.org', '--color', 'red'), /^operator create: Unknown option '--color'/],
  [['serve'], /^There is no command "serve"; /],
  [['start', 'now'], /^start takes no arguments, and got "now"\. /],
])('%j says in one line what is wrong', async (args, line) => {
  const place = await makePlace();
  const { database, url } = await createTestDatabase();
  await database.close();
  const { code, output, errors } = await runCli(place, args, { env: { DATABASE_URL: url } });
  expect([code, output]).toEqual([1, '']);
  expect(errors).toMatch(line);
  expect(errors.trim().split('\n')).toHaveLength(1);
});

it('says in one line, without the password, that the database of DATABASE_URL does not answer', async () => {
  const place = await makePlace();
  const { code, errors } = await runCli(place, ['migrate'], { env: { DATABASE_URL: 'postgresql://me:canary@127.0.0.1:1/chat' } });
  expect(code).toBe(1);
  expect(errors).toMatch(/^The database chat at 127\.0\.0\.1:1 \(DATABASE_URL\) can't be used: .*ECONNREFUSED.*\n$/);
  expect(errors).not.toContain('canary');
});
