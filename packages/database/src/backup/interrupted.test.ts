import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import { expect, it, onTestFinished, vi } from 'vitest';

import { migrationsFolder } from '../migrations/folder.ts';
import { backUp, dump, furnish, type Home, makeHome, query, restore } from '../testing/backups.ts';
import { listMigrations, writeBackup } from './index.ts';

// Each has some ten megabytes to go through, in a process that has to be started first.
vi.setConfig({ testTimeout: 120_000 });

function run(what: 'backup' | 'restore', home: Home, file: string) {
  const script = join(import.meta.dirname, '../testing/fixtures/backup-or-restore.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, what, home.url, home.folder, file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, errors: () => errors };
}

/** Rows that do not pack well, so that going through them takes a moment. */
async function furnishMuch(home: Home): Promise<void> {
  await furnish(home, 3, 'Walter');
  await query(
    home,
    `INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
     SELECT gen_random_uuid(), (SELECT min(id) FROM "Client"), n + 10, 'CLIENT', 'TEXT',
            (SELECT string_agg(md5(n::text || m::text), '') FROM generate_series(1, 60) AS m), now() FROM generate_series(1, 8000) AS n`,
  );
}

it('a backup that is killed leaves the older one as it was, and the next one is whole', async () => {
  const home = await makeHome();
  await furnish(home);
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  const older = await readFile(file);
  await furnishMuch(home);
  const { child, errors } = run('backup', home, file);
  const written = async () =>
    await stat(`${file}.part`).then(
      ({ size }) => size,
      () => 0,
    );
  await expect.poll(written, { interval: 5 }).toBeGreaterThan(0);
  child.kill('SIGKILL');
  expect(await once(child, 'exit'), errors()).toEqual([null, 'SIGKILL']);
  expect(await readFile(file)).toEqual(older);
  expect(existsSync(`${file}.part`)).toBe(true);
  await backUp(home, file);
  expect(existsSync(`${file}.part`)).toBe(false);
  expect(await restore(await makeHome(), file)).toMatchObject({ restored: { messages: 8006 } });
});

it('a restore that is killed leaves everything as it was, and can be done again', async () => {
  const [before, home] = [await makeHome(), await makeHome()];
  await furnishMuch(before);
  const file = join(before.folder, 'backup');
  await backUp(before, file);
  const picture = await furnish(home, 7, 'Xenia');
  const then = await dump(home);
  const { child, errors } = run('restore', home, file);
  const loading = async () =>
    await query(home, `SELECT 1 AS loads FROM pg_stat_activity WHERE query LIKE 'COPY "ChatMessage"%' AND datname = current_database()`);
  await expect.poll(loading, { interval: 5 }).toEqual([{ loads: 1 }]);
  child.kill('SIGKILL');
  expect(await once(child, 'exit'), errors()).toEqual([null, 'SIGKILL']);
  // Waits for the server to notice, which has locked everything until then.
  expect(await dump(home)).toEqual(then);
  expect(await readFile(join(home.uploads, picture), 'utf8')).toBe('picture of Xenia');
  expect(await restore(home, file, true)).toMatchObject({ restored: { messages: 8003 }, removed: { messages: 7 } });
  expect(existsSync(`${home.uploads}.restore`)).toBe(false);
});

it('a disk that is full ends a backup with its error, and nothing goes on', async () => {
  const home = await makeHome();
  await furnishMuch(home);
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  let written = 0;
  const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => done((written += chunk.length) > 100_000 ? full : null) });
  const knownMigrations = await listMigrations(migrationsFolder());
  await expect(writeBackup({ ...home, version: '1', knownMigrations, sink })).rejects.toBe(full);
  const connections = async () =>
    await query(home, `SELECT state FROM pg_stat_activity WHERE application_name = 'switchboard-backup' AND datname = current_database()`);
  await expect.poll(connections).toEqual([]);
});
