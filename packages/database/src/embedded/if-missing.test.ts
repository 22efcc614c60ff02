import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { undefinedIfMissing } from './if-missing.ts';
import { findRunningServer } from './stale-server.ts';

it('a missing file is undefined, an unreadable one is an error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-missing-'));
  expect(await readFile(join(folder, 'nothing')).catch(undefinedIfMissing)).toBeUndefined();
  await expect(readFile(folder).catch(undefinedIfMissing)).rejects.toMatchObject({ code: 'EISDIR' });
  await rm(folder, { recursive: true });
});

it('a server whose state can’t be read does not count as stopped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-missing-'));
  expect(await findRunningServer(folder)).toBeUndefined();
  await mkdir(join(folder, 'data'));
  await symlink('postmaster.pid', join(folder, 'data', 'postmaster.pid'));
  await expect(findRunningServer(join(folder, 'data'))).rejects.toMatchObject({ code: 'ELOOP' });
  await rm(folder, { recursive: true });
});
