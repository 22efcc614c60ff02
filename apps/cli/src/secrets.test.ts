import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataDir } from './data-dir.ts';
import { readSecrets, ensureSecrets } from './secrets.ts';
import { temporaryFolder } from './testing/run-start.ts';

it('generates secrets once, readable only by this user', async () => {
  const dataDir = await openDataDir(join(await temporaryFolder(), 'deep/data'));
  expect(await readSecrets(dataDir)).toBeUndefined();
  const secrets = await ensureSecrets(dataDir);
  expect(Object.keys(secrets).toSorted()).toEqual(['authSecret', 'databasePassword', 'jwtSecret']);
  const values = Object.values(secrets);
  expect(new Set(values).size).toBe(3);
  for (const value of values) expect(Buffer.from(value, 'base64url')).toHaveLength(32);
  expect((await stat(dataDir.secrets)).mode & 0o777).toBe(0o600);
  expect(await ensureSecrets(dataDir)).toEqual(secrets);
  // There are no temporary files left.
  expect((await readdir(dataDir.path)).toSorted()).toEqual(['logs', 'secrets.json']);
});

it('restricts the permissions of secrets that others could read', async () => {
  const dataDir = await openDataDir(join(await temporaryFolder(), 'data'));
  await ensureSecrets(dataDir);
  await chmod(dataDir.secrets, 0o644);
  await ensureSecrets(dataDir);
  expect((await stat(dataDir.secrets)).mode & 0o777).toBe(0o600);
});

it.each(['', '{', '{}', '{"jwtSecret":"short","authSecret":"short","databasePassword":"short"}'])(
  'never replaces damaged secrets (%j)',
  async (content) => {
    const dataDir = await openDataDir(join(await temporaryFolder(), 'data'));
    await writeFile(dataDir.secrets, content);
    await expect(ensureSecrets(dataDir)).rejects.toThrow(
      `${dataDir.secrets} is damaged. Restore it from a copy of the data folder, or restore a backup`,
    );
    expect(await readFile(dataDir.secrets, 'utf8')).toBe(content);
  },
);

it('generates no new secrets for an existing database', async () => {
  const dataDir = await openDataDir(join(await temporaryFolder(), 'data'));
  await mkdir(dataDir.postgres);
  await writeFile(join(dataDir.postgres, 'PG_VERSION'), '18');
  await expect(ensureSecrets(dataDir)).rejects.toThrow(/secrets\.json is missing/);
});

it('says in one line that a data folder can’t be created', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(openDataDir(join(file, 'data'))).rejects.toThrow(/^\S+ can't be created: a file is where a folder must be\.$/);
});
