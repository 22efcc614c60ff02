import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createEmptyDatabase, MigrationFolders, queryOnce } from '../testing/migration-folders.ts';
import { withSchemaEngine } from './engine.ts';
import { migrationsFolder } from './folder.ts';
import { MigrationFailedError, SchemaTooNewError } from './errors.ts';
import { migrate } from './migrate.ts';

/** Our migrations, in order. */
const OURS = [
  '20261123000000_init',
  '20261124000000_blocked_visitors',
  '20261125000000_additive_message_key_per_side',
  '20261125000100_additive_message_key_not_global',
  '20261125000200_additive_installation',
  '20261125150000_additive_revocations',
  '20261125150100_additive_uploads_by_time',
  '20261125150200_additive_uploads_by_key',
  '20261130110000_additive_waiting_and_done',
  '20261130110100_additive_unsettled',
  '20261130110200_additive_waiting',
  '20261130110300_additive_not_waiting',
  '20261130110400_additive_done',
  '20261130150000_additive_conversation_events',
  '20261130150000_additive_jobs',
  '20261130160000_additive_client_version',
  '20261130180000_additive_settings',
  '20261201090000_additive_team',
  '20261201090100_additive_client_keys',
  '20261201090200_additive_client_keys_checked',
  '20261201090300_additive_clients_unsettled_chat',
  '20261201090400_additive_clients_assigned',
  '20261201090500_additive_clients_team',
  '20261201090600_additive_clients_snoozed',
  '20261201100000_additive_mention_activity',
  '20261201110000_additive_clients_mine',
  '20261201110100_additive_clients_no_assigned',
  '20261201110200_additive_clients_no_team',
] as const;
let folders: MigrationFolders;
let url: string;

beforeAll(async () => {
  folders = await MigrationFolders.make();
});
afterAll(async () => await folders.remove());
beforeEach(async () => {
  url = await createEmptyDatabase();
});

const query = async <T extends pg.QueryResultRow>(sql: string) => await queryOnce<T>(url, sql);
const withAnother = async (name: string, sql: string) => await folders.withMore({ [name]: sql });

const tables = async () =>
  (await query<{ name: string }>(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`)).map(
    ({ name }) => name,
  );

describe('migrate', () => {
  it('migrates an empty database, and then finds nothing to do', async () => {
    expect(await migrate(url, migrationsFolder())).toEqual(OURS);
    expect(await tables()).toEqual(expect.arrayContaining(['ChatMessage', 'Client', 'User', '_prisma_migrations']));
    expect(await migrate(url, migrationsFolder())).toEqual([]);
  });

  it('applies new migrations to a database with data', async () => {
    await migrate(url, migrationsFolder());
    await query(`INSERT INTO "Client" (username, "updatedAt") VALUES ('Vera', now())`);
    const folder = await withAnother('29990101000000_add', 'ALTER TABLE "Client" ADD COLUMN "extra" TEXT;');
    expect(await migrate(url, folder)).toEqual(['29990101000000_add']);
    expect(await query(`SELECT username, extra FROM "Client"`)).toEqual([{ username: 'Vera', extra: null }]);
  });

  it('refuses a database of a newer version by name and changes nothing', async () => {
    const folder = await withAnother('29990101000000_future', 'ALTER TABLE "Client" ADD COLUMN "extra" TEXT;');
    await migrate(url, folder);
    const before = await query('SELECT * FROM _prisma_migrations ORDER BY id');
    const refusal = migrate(url, migrationsFolder());
    await expect(refusal).rejects.toThrow(SchemaTooNewError);
    await expect(refusal).rejects.toThrow(/29990101000000_future/);
    expect(await query('SELECT * FROM _prisma_migrations ORDER BY id')).toEqual(before);
  });

  it('accepts a database of a newer version with only additive migrations, and applies its own', async () => {
    const added = '29990101000000_additive_extra';
    await migrate(
      url,
      await withAnother(added, 'ALTER TABLE "Client" ADD COLUMN "extra" TEXT; CREATE TABLE "Extra" ("id" INT PRIMARY KEY);'),
    );
    expect(await migrate(url, migrationsFolder())).toEqual([]);
    // The older version gets another migration, which the engine applies although it does not know the newer one.
    const own = { '20991231000000_fix': 'ALTER TABLE "Client" ADD COLUMN "fixed" TEXT;' };
    const fix = await folders.withMore(own);
    expect(await migrate(url, fix)).toEqual(Object.keys(own));
    expect(await query('SELECT extra, fixed FROM "Client"')).toEqual([]);
    const both = await folders.withMore({ ...own, [added]: '', '29990102000000_drop': 'ALTER TABLE "Client" DROP COLUMN "phone";' });
    await migrate(url, both);
    const refusal = migrate(url, fix);
    await expect(refusal).rejects.toThrow(SchemaTooNewError);
    await expect(refusal).rejects.toThrow(/unknown migrations: 29990102000000_drop\)/);
  });

  it('run five times at once applies everything once', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, async () => await migrate(url, migrationsFolder())));
    expect(applied.flat()).toEqual(OURS);
    const kept = await query<{ migration_name: string }>('SELECT migration_name FROM _prisma_migrations ORDER BY migration_name');
    expect(kept.map(({ migration_name }) => migration_name)).toEqual(OURS);
  });

  it('stops with the reason at a migration that fails, leaves nothing of it, does not go past it, and tries it again', async () => {
    await migrate(url, migrationsFolder());
    const folder = await folders.withMore({
      '29990101000000_broken': 'CREATE TABLE "Half" ("id" INT); ALTER TABLE "Nobody" ADD COLUMN "x" TEXT;',
      '29990102000000_after': 'CREATE TABLE "After" ("id" INT);',
    });
    for (let count = 0; count < 2; count += 1) {
      const refused = migrate(url, folder);
      await expect(refused).rejects.toThrow(MigrationFailedError);
      await expect(refused).rejects.toThrow(/29990101000000_broken.*"Nobody" does not exist/);
    }
    expect(await tables()).not.toEqual(expect.arrayContaining(['Half']));
    expect(await tables()).not.toEqual(expect.arrayContaining(['After']));
    await query('CREATE TABLE "Nobody" ("id" INT)');
    expect(await migrate(url, folder)).toEqual(['29990101000000_broken', '29990102000000_after']);
  });

  it('tries again what an earlier run began and did not end', async () => {
    const folder = await withAnother('29990101000000_add', 'ALTER TABLE "Client" ADD COLUMN "extra" TEXT;');
    await migrate(url, folder);
    // The state after a run was killed: the script is a transaction, so its changes were rolled back.
    await query(
      `ALTER TABLE "Client" DROP COLUMN "extra"; UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '2999%'`,
    );
    expect(await migrate(url, folder)).toEqual(['29990101000000_add']);
    expect(await migrate(url, folder)).toEqual([]);
  });

  it('waits until the server has finished the work of a killed run, and counts it as done', async () => {
    await migrate(url, migrationsFolder());
    const name = '29990101000000_add';
    const folder = await withAnother(name, 'ALTER TABLE "Client" ADD COLUMN "extra" TEXT; SELECT pg_sleep(2);');
    const script = join(import.meta.dirname, '../testing/fixtures/migrate-once.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, url, folder], { stdio: 'ignore' });
    const working = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(2)%' AND pid <> pg_backend_pid()`;
    await expect.poll(async () => (await query(working)).length, { interval: 5 }).toBe(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await migrate(url, folder)).toEqual([]);
    expect(await query('SELECT extra FROM "Client"')).toEqual([]);
  });

  it('closes its connections', async () => {
    await migrate(url, migrationsFolder());
    const open = () =>
      query(`SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'switchboard-migrate%' AND datname = current_database()`);
    await expect.poll(open).toEqual([]);
  });
});

describe('the migrated schema', () => {
  it('has the agreed indexes with their names', async () => {
    await migrate(url, migrationsFolder());
    const rows = await query<{ indexname: string; indexdef: string }>(
      `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'`,
    );
    const columns = new Map(rows.map(({ indexname, indexdef }) => [indexname, indexdef.replace(/^.*USING btree /, '')]));
    expect(Object.fromEntries([...columns].filter(([name]) => name.startsWith('idx_chat_messages_')))).toEqual({
      idx_chat_messages_client_created: '("clientId", "createdAt" DESC)',
      idx_chat_messages_unread: '("clientId", "senderType", "isRead")',
      idx_chat_messages_session: '("sessionId", "createdAt" DESC)',
      idx_chat_messages_operator: '("operatorId", "createdAt" DESC)',
    });
    expect(rows.filter(({ indexdef }) => indexdef.includes('UNIQUE')).map(({ indexname }) => indexname)).toEqual(
      expect.arrayContaining([
        'chat_messages_key_per_side_key',
        'chat_messages_client_seq_key',
        'ChatSession_clientSocketId_key',
        'User_email_key',
      ]),
    );
  });

  it('has Prisma’s migrations table, with the checksums that its CLI compares', async () => {
    await migrate(url, migrationsFolder());
    const columns = await query<{ shape: string }>(
      `SELECT column_name || ' ' || data_type AS shape FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
    );
    expect(columns.map(({ shape }) => shape)).toEqual([
      'id character varying',
      'checksum character varying',
      'finished_at timestamp with time zone',
      'migration_name character varying',
      'logs text',
      'rolled_back_at timestamp with time zone',
      'started_at timestamp with time zone',
      'applied_steps_count integer',
    ]);
    const rows = await Promise.all(
      OURS.map(async (name) => {
        const sql = await readFile(join(migrationsFolder(), name, 'migration.sql'));
        const checksum = Buffer.from(await crypto.subtle.digest('SHA-256', sql)).toString('hex');
        return { migration_name: name, checksum, applied_steps_count: 1, done: true };
      }),
    );
    const kept = 'SELECT migration_name, checksum, applied_steps_count, finished_at IS NOT NULL AS done FROM _prisma_migrations ORDER BY 1';
    expect(await query(kept)).toEqual(rows);
  });

  it('is exactly that of schema.prisma', async () => {
    // Prisma's comparison with a live database fails on PostgreSQL 18 (it can't read its new kind of constraint). So this creates the schema again from
    // schema.prisma and compares the catalogs of both.
    const path = join(dirname(migrationsFolder()), 'schema.prisma');
    const content = await readFile(path, 'utf8');
    const made = await withSchemaEngine(url, undefined, async (engine) => {
      const to = { tag: 'schemaDatamodel' as const, files: [{ path, content }] };
      const filters = { externalTables: [], externalEnums: [] };
      return await engine.diff({ from: { tag: 'empty' }, to, script: true, exitCode: null, filters });
    });
    await query(made.stdout ?? '');
    const wanted = await readCatalog();
    await query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await migrate(url, migrationsFolder());
    expect(wanted.length).toBeGreaterThan(100);
    expect(await readCatalog()).toEqual(wanted);
  });
});

/** The parts of the schema, as texts. */
async function readCatalog(): Promise<string[]> {
  const rows = await query<{ entry: string }>(`
    SELECT concat_ws(' ', 'column', table_name, column_name, data_type, udt_name, datetime_precision, is_nullable, column_default) AS entry
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'enum', enumtypid::regtype, enumsortorder, enumlabel) FROM pg_enum
    ORDER BY 1`);
  return rows.map(({ entry }) => entry).filter((entry) => !entry.includes('_prisma_migrations'));
}
