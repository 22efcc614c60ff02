import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import { expect, it, onTestFinished, vi } from 'vitest';

import { migrationsFolder } from '../migrations/folder.ts';
import { backUp, dump, addSampleData, type TestInstallation, createInstallation, query, restore } from '../testing/backups.ts';
import { listMigrations, writeBackup } from './index.ts';

// Each test processes about ten megabytes in a process that it starts first.
vi.setConfig({ testTimeout: 120_000 });

function run(what: 'backup' | 'restore', installation: TestInstallation, file: string) {
  const script = join(import.meta.dirname, '../testing/fixtures/backup-or-restore.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, what, installation.url, installation.folder, file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, errors: () => errors };
}

/** Adds rows that compress badly, so that processing them takes a moment. */
async function addManyMessages(installation: TestInstallation): Promise<void> {
  await addSampleData(installation, 3, 'Walter');
  await query(
    installation,
    `INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
     SELECT gen_random_uuid(), (SELECT min(id) FROM "Client"), n + 10, 'CLIENT', 'TEXT',
            (SELECT string_agg(md5(n::text || m::text), '') FROM generate_series(1, 60) AS m), now() FROM generate_series(1, 8000) AS n`,
  );
}

it('a killed backup leaves the older file unchanged, and the next backup is complete', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  const older = await readFile(file);
  await addManyMessages(installation);
  const { child, errors } = run('backup', installation, file);
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
  await backUp(installation, file);
  expect(existsSync(`${file}.part`)).toBe(false);
  expect(await restore(await createInstallation(), file)).toMatchObject({ restored: { messages: 8006 } });
});

it('a killed restore changes nothing, and can be repeated', async () => {
  const [before, installation] = [await createInstallation(), await createInstallation()];
  await addManyMessages(before);
  const file = join(before.folder, 'backup');
  await backUp(before, file);
  const picture = await addSampleData(installation, 7, 'Xenia');
  const then = await dump(installation);
  const { child, errors } = run('restore', installation, file);
  const loading = async () =>
    await query(
      installation,
      `SELECT 1 AS loads FROM pg_stat_activity WHERE query LIKE 'COPY "ChatMessage"%' AND datname = current_database()`,
    );
  await expect.poll(loading, { interval: 5 }).toEqual([{ loads: 1 }]);
  child.kill('SIGKILL');
  expect(await once(child, 'exit'), errors()).toEqual([null, 'SIGKILL']);
  // Waits until the server notices the kill and releases its locks.
  expect(await dump(installation)).toEqual(then);
  expect(await readFile(join(installation.uploads, picture), 'utf8')).toBe('picture of Xenia');
  expect(await restore(installation, file, true)).toMatchObject({ restored: { messages: 8003 }, removed: { messages: 7 } });
  expect(existsSync(`${installation.uploads}.restore`)).toBe(false);
});

it('a full disk ends a backup with its error, and closes its connection', async () => {
  const installation = await createInstallation();
  await addManyMessages(installation);
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  let written = 0;
  const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => done((written += chunk.length) > 100_000 ? full : null) });
  const knownMigrations = await listMigrations(migrationsFolder());
  await expect(writeBackup({ ...installation, version: '1', knownMigrations, sink })).rejects.toBe(full);
  const connections = async () =>
    await query(
      installation,
      `SELECT state FROM pg_stat_activity WHERE application_name = 'switchboard-backup' AND datname = current_database()`,
    );
  await expect.poll(connections).toEqual([]);
});
