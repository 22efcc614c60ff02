import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

import type pg from 'pg';
import { inject, onTestFinished } from 'vitest';

import { CopyOut } from '../backup/copy.ts';
import { listMigrations, restoreBackup, type RestoreResult, writeBackup, writeBackupFile, type BackupResult } from '../backup/index.ts';
import { createClient } from '../connection/connections.ts';
import { ensureDatabase } from '../embedded/index.ts';
import { migrationsFolder } from '../migrations/folder.ts';
import { migrate } from '../migrations/migrate.ts';
import { TEMPLATE } from './test-database.ts';

/** A database and a folder of uploads for one test. */
export interface TestInstallation {
  readonly url: string;
  readonly folder: string;
  readonly uploads: string;
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-backup-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @param state `migrated`: with all tables, empty; `bare`: without tables */
export async function createInstallation(state: 'migrated' | 'bare' = 'migrated'): Promise<TestInstallation> {
  const name = `backup_${randomUUID().replaceAll('-', '')}`;
  await ensureDatabase(inject('databaseServer'), name, state === 'migrated' ? TEMPLATE : undefined);
  const url = new URL(inject('databaseServer'));
  url.pathname = `/${name}`;
  const folder = await temporaryFolder();
  return { url: url.href, folder, uploads: join(folder, 'uploads') };
}

export async function withClient<T>({ url }: Pick<TestInstallation, 'url'>, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = createClient(url, 'switchboard-test');
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

export async function query<T extends pg.QueryResultRow>(
  installation: Pick<TestInstallation, 'url'>,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  return await withClient(installation, async (client) => (await client.query<T>(sql, values)).rows);
}

/** Every table's rows as texts, in an order that does not depend on their storage. */
export async function dump(installation: TestInstallation): Promise<Record<string, string[]>> {
  return await withClient(installation, async (client) => {
    const { rows } = await client.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
    const tables: Record<string, string[]> = {};
    for (const { name } of rows) {
      const copy = new CopyOut(`COPY "${name}" TO STDOUT`);
      client.query(copy);
      tables[name] = (await text(copy.blocks())).split('\n').toSorted();
    }
    return tables;
  });
}

export async function backUp(installation: TestInstallation, file: string, migrations = migrationsFolder()): Promise<BackupResult> {
  const knownMigrations = await listMigrations(migrations);
  return await writeBackupFile(file, async (sink) => await writeBackup({ ...installation, version: '1.2.3', knownMigrations, sink }));
}

export async function restore(
  installation: TestInstallation,
  file: string,
  replace = false,
  migrations = migrationsFolder(),
): Promise<RestoreResult> {
  return await restoreBackup({
    ...installation,
    file,
    migrations,
    replace,
    scratch: join(installation.folder, 'restore.tmp'),
    migrate: async () => await migrate(installation.url, migrations),
  });
}

/** Stores a file like an upload. @returns its key */
export async function putFile(installation: TestInstallation, content: string): Promise<string> {
  const id = randomUUID();
  const key = `${id.slice(0, 2)}/${id}.webp`;
  await mkdir(dirname(join(installation.uploads, key)), { recursive: true });
  await writeFile(join(installation.uploads, key), content);
  return key;
}

/** Adds an operator, a visitor with `messages` messages, and an upload. @returns the upload's key */
export async function addSampleData(installation: TestInstallation, messages = 3, name = 'Vera'): Promise<string> {
  const key = await putFile(installation, `picture of ${name}`);
  await withClient(installation, async (client) => {
    await client.query(`INSERT INTO "User" (name, email, "updatedAt") VALUES ($1, $2, now())`, [name, `${name.toLowerCase()}@example.org`]);
    await client.query(
      `INSERT INTO "AuthSession" ("userId", token, "expiresAt", "updatedAt") SELECT id, gen_random_uuid()::text, now(), now() FROM "User"`,
    );
    await client.query(`INSERT INTO "Client" (username, "lastSeq", "updatedAt") VALUES ($1, $2, now())`, [name, messages]);
    await client.query(
      `INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
       SELECT gen_random_uuid(), (SELECT max(id) FROM "Client"), n, 'CLIENT', 'TEXT', $1 || n, now() FROM generate_series(1, $2::int) AS n`,
      [`message of ${name} `, messages],
    );
    await client.query(
      `INSERT INTO "Upload" (id, "clientId", "storageKey", name, "mimeType", width, height, size)
       SELECT gen_random_uuid(), max(id), $1, 'a.webp', 'image/webp', 1, 1, 5 FROM "Client"`,
      [key],
    );
  });
  return key;
}
