import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createEmptyDatabase, MigrationFolders, queryOnce } from '../testing/migration-folders.ts';
import { MigrationBlockedError, MigrationFailedError } from './errors.ts';
import { migrationsFolder } from './folder.ts';
import { migrate } from './migrate.ts';

const ADD = '29990101000000_add';
const INDEX = '29990102000000_index';
let folders: MigrationFolders;
let url: string;
let reader: pg.Client;

beforeAll(async () => {
  folders = await MigrationFolders.make();
});
afterAll(async () => await folders.remove());
beforeEach(async () => {
  url = await createEmptyDatabase();
  await migrate(url, migrationsFolder());
  reader = new pg.Client({ connectionString: url, application_name: 'a long report' });
  await reader.connect();
});
afterEach(async () => await reader.end());

/** Reads everything in a transaction and keeps it open, like pg_dump. */
async function readForLong(): Promise<void> {
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  for (const table of ['Client', 'ChatMessage', 'User']) await reader.query(`SELECT * FROM "${table}"`);
}

const indexes = async () =>
  await queryOnce<{ name: string; whole: boolean }>(
    url,
    `SELECT indexrelid::regclass::text AS name, indisvalid AS whole FROM pg_index WHERE indexrelid::regclass::text LIKE '%idx_extra%'`,
  );

describe('a migration whose lock is blocked by a long reader', () => {
  it('releases its request so that others can read, and is applied when the reader ends', async () => {
    const folder = await folders.withMore({ [ADD]: 'ALTER TABLE "Client" ADD COLUMN "extra" TEXT;' });
    await readForLong();
    const waits: string[] = [];
    const migrating = migrate(url, folder, {
      onWait(line) {
        waits.push(line);
        // The migration has timed out and will retry; a query now does not wait behind it.
        if (waits.length === 2) void queryOnce(url, 'SELECT count(*) FROM "Client"').then(async () => await reader.query('COMMIT'));
      },
    });
    expect(await migrating).toEqual([ADD]);
    expect(waits.length).toBeGreaterThanOrEqual(2);
    expect(waits[0]).toContain('a long report');
    expect(await queryOnce(url, 'SELECT extra FROM "Client"')).toEqual([]);
  });

  it('names the lock holder when it times out, leaves no changes, and can be run again', async () => {
    const folder = await folders.withMore({
      [ADD]: 'CREATE TABLE "Extra" ("id" INT); ALTER TABLE "Client" ADD COLUMN "extra" TEXT;',
    });
    await readForLong();
    const refused = migrate(url, folder, { timeoutMs: 0 });
    await expect(refused).rejects.toThrow(MigrationBlockedError);
    await expect(refused).rejects.toThrow(/29990101000000_add.*a long report \(process \d+/);
    expect(await queryOnce(url, `SELECT to_regclass('"Extra"')::text AS extra`)).toEqual([{ extra: null }]);
    await reader.query('COMMIT');
    expect(await migrate(url, folder)).toEqual([ADD]);
    expect(await migrate(url, folder)).toEqual([]);
  });
});

describe('a concurrently built index', () => {
  it('is built outside a transaction, after the migrations before it', async () => {
    const folder = await folders.withMore({
      [ADD]: 'ALTER TABLE "Client" ADD COLUMN "extra" TEXT;',
      [INDEX]: '-- For the list.\nCREATE INDEX CONCURRENTLY "idx_extra" ON "Client"("extra");',
    });
    expect(await migrate(url, folder)).toEqual([ADD, INDEX]);
    expect(await indexes()).toEqual([{ name: 'idx_extra', whole: true }]);
  });

  it('that an interrupted run left invalid is dropped and rebuilt', async () => {
    const folder = await folders.withMore({ [INDEX]: 'CREATE UNIQUE INDEX CONCURRENTLY "idx_extra" ON "Client"("phone");' });
    await queryOnce(url, `INSERT INTO "Client" (username, phone, "updatedAt") VALUES ('a', '1', now()), ('b', '1', now())`);
    const refused = migrate(url, folder);
    await expect(refused).rejects.toThrow(MigrationFailedError);
    await expect(refused).rejects.toThrow(/29990102000000_index.*idx_extra/);
    expect(await indexes()).toEqual([]);
    // The state after a run was killed during the build.
    await expect(queryOnce(url, 'CREATE UNIQUE INDEX CONCURRENTLY "idx_extra" ON "Client"("phone")')).rejects.toThrow(/idx_extra/);
    await queryOnce(url, `UPDATE _prisma_migrations SET rolled_back_at = NULL WHERE migration_name = '${INDEX}'`);
    expect(await indexes()).toEqual([{ name: 'idx_extra', whole: false }]);
    await queryOnce(url, `DELETE FROM "Client" WHERE username = 'b'`);
    expect(await migrate(url, folder)).toEqual([INDEX]);
    expect(await indexes()).toEqual([{ name: 'idx_extra', whole: true }]);
  });

  it('that was valid when its run was killed is not rebuilt', async () => {
    const folder = await folders.withMore({ [INDEX]: 'CREATE INDEX CONCURRENTLY "idx_extra" ON "Client"("phone");' });
    await migrate(url, folder);
    const [before] = await queryOnce<{ file: number }>(url, `SELECT relfilenode AS file FROM pg_class WHERE relname = 'idx_extra'`);
    await queryOnce(url, `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${INDEX}'`);
    expect(await migrate(url, folder)).toEqual([INDEX]);
    expect(await queryOnce(url, `SELECT relfilenode AS file FROM pg_class WHERE relname = 'idx_extra'`)).toEqual([before]);
    expect(await migrate(url, folder)).toEqual([]);
  });

  it('that was dropped when its run was killed is not dropped again', async () => {
    const folder = await folders.withMore({ [INDEX]: 'DROP INDEX CONCURRENTLY "idx_chat_messages_operator";' });
    await migrate(url, folder);
    await queryOnce(url, `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${INDEX}'`);
    expect(await migrate(url, folder)).toEqual([INDEX]);
    expect(await migrate(url, folder)).toEqual([]);
  });

  it('waits for a long reader without blocking writers, and does not deadlock with another run of migrate', async () => {
    const folder = await folders.withMore({
      [INDEX]: 'CREATE INDEX CONCURRENTLY "idx_extra" ON "Client"("phone");',
      '29990103000000_drop': 'DROP INDEX CONCURRENTLY "idx_chat_messages_operator";',
    });
    await readForLong();
    const waits: string[] = [];
    const options = { reportEveryMs: 50, onWait: (line: string) => void waits.push(line) };
    const both = [migrate(url, folder, options), migrate(url, folder, options)];
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await queryOnce(url, waiting)).length).toBe(1);
    await queryOnce(url, `INSERT INTO "Client" (username, "updatedAt") VALUES ('a', now())`);
    await expect.poll(() => waits.join('\n')).toMatch(/29990102000000_index waits for others: a long report \(process/);
    await reader.query('COMMIT');
    expect((await Promise.all(both)).flat()).toEqual([INDEX, '29990103000000_drop']);
  });
});

it('a script with semicolons in a text, a function body and a comment runs as written', async () => {
  const folder = await folders.withMore({
    [ADD]: `-- one; two
      CREATE TABLE "Extra" ("text" TEXT DEFAULT 'a;b');
      DO $body$ BEGIN INSERT INTO "Extra" DEFAULT VALUES; INSERT INTO "Extra" VALUES ('c;'); END $body$;`,
  });
  expect(await migrate(url, folder)).toEqual([ADD]);
  expect(await queryOnce(url, 'SELECT text FROM "Extra"')).toEqual([{ text: 'a;b' }, { text: 'c;' }]);
});
