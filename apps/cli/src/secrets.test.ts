import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataDir } from './data-dir.ts';
import { readSecrets, settleSecrets } from './secrets.ts';
import { temporaryFolder } from './testing/run-start.ts';

it('makes secrets once, for nobody else to read', async () => {
  const dataDir = await openDataDir(join(await temporaryFolder(), 'deep/data'));
  expect(await readSecrets(dataDir)).toBeUndefined();
  const secrets = await settleSecrets(dataDir);
  expect(Object.keys(secrets).toSorted()).toEqual(['authSecret', 'databasePassword', 'jwtSecret']);
  const values = Object.values(secrets);
  expect(new Set(values).size).toBe(3);
  for (const value of values) expect(Buffer.from(value, 'base64url')).toHaveLength(32);
  expect((await stat(dataDir.secrets)).mode & 0o777).toBe(0o600);
  expect(await settleSecrets(dataDir)).toEqual(secrets);
  // Nothing half written lies about.
  expect((await readdir(dataDir.path)).toSorted()).toEqual(['logs', 'secrets.json']);
});

it('closes secrets that were opened to others', async () => {
  const dataDir = await openDataDir(join(await temporaryFolder(), 'data'));
  await settleSecrets(dataDir);
  await chmod(dataDir.secrets, 0o644);
  await settleSecrets(dataDir);
  expect((await stat(dataDir.secrets)).mode & 0o777).toBe(0o600);
});

it.each(['', '{', '{}', '{"jwtSecret":"short","authSecret":"short","databasePassword":"short"}'])(
  'never replaces damaged secrets (%j)',
  async (content) => {
    const dataDir = await openDataDir(join(await temporaryFolder(), 'data'));
    await writeFile(dataDir.secrets, content);
    await expect(settleSecrets(dataDir)).rejects.toThrow(
      `${dataDir.secrets} is damaged. Put back the one of a copy of the data folder, or restore a backup`,
    );
    expect(await readFile(dataDir.secrets, 'utf8')).toBe(content);
  },
);

it('makes no new secrets beside a database that knows others', async () => {
  const dataDir = await openDataDir(join(await temporaryFolder(), 'data'));
  await mkdir(dataDir.postgres);
  await writeFile(join(dataDir.postgres, 'PG_VERSION'), '18');
  await expect(settleSecrets(dataDir)).rejects.toThrow(/secrets\.json is missing/);
});

it('says in one line that a data folder can not be made', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(openDataDir(join(file, 'data'))).rejects.toThrow(/^\S+ can't be made: a file is where a folder must be\.$/);
});
