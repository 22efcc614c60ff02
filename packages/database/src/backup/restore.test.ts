import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

import { migrationsFolder } from '../migrations/folder.ts';
import { migrate } from '../migrations/migrate.ts';
import { backUp, dump, addSampleData, type TestInstallation, createInstallation, query, restore, withClient } from '../testing/backups.ts';
import { BackupError, listMigrations } from './index.ts';

const epochOf = async (installation: TestInstallation) =>
  (await query<{ epoch: string }>(installation, 'SELECT epoch FROM "Installation"'))[0]?.epoch;

/** A folder with the first of our migrations, or with all and one more. */
async function otherMigrations(installation: TestInstallation, kind: { first: number } | { more: string; sql: string }): Promise<string> {
  const folder = join(installation.folder, 'other');
  if ('more' in kind) {
    await cp(migrationsFolder(), folder, { recursive: true });
    await mkdir(join(folder, kind.more));
    await writeFile(join(folder, kind.more, 'migration.sql'), kind.sql);
    return folder;
  }
  const names = (await listMigrations(migrationsFolder())).slice(0, kind.first);
  for (const name of ['migration_lock.toml', ...names]) await cp(join(migrationsFolder(), name), join(folder, name), { recursive: true });
  return folder;
}

it('does not change a database that is not empty, and lists its contents', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  const before = await dump(installation);
  await expect(restore(installation, file)).rejects.toThrow(
    'The database is not empty: it has 1 operator, 1 conversation, 3 messages and 1 image. Nothing was changed. Use --replace to replace all of it',
  );
  expect(await dump(installation)).toEqual(before);
});

it('replaces existing data when asked to, and removes images that are no longer used', async () => {
  const installation = await createInstallation();
  const kept = await addSampleData(installation, 3, 'Vera');
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  const gone = await addSampleData(installation, 5, 'Walter');
  const result = await restore(installation, file, true);
  expect(result).toMatchObject({ removed: { conversations: 2, messages: 8, uploads: 2 }, restored: { conversations: 1, messages: 3 } });
  expect(await query(installation, 'SELECT username FROM "Client"')).toEqual([{ username: 'Vera' }]);
  expect(existsSync(join(installation.uploads, kept))).toBe(true);
  expect(existsSync(join(installation.uploads, gone))).toBe(false);
  expect(await readdir(installation.folder)).toEqual(['backup', 'uploads']);
});

it('succeeds but reports it when unused images could not be removed', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  const gone = await addSampleData(installation, 5, 'Walter');
  await rm(join(installation.uploads, gone));
  await mkdir(join(installation.uploads, gone)); // A folder can't be removed like a file.
  expect((await restore(installation, file, true)).cleanupError).toContain(gone);
  expect(await query(installation, 'SELECT username FROM "Client"')).toEqual([{ username: 'Vera' }]);
});

it('signs everybody out, and gives the installation a new epoch', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  const before = await epochOf(installation);
  await restore(installation, file, true);
  expect(await query(installation, 'SELECT * FROM "AuthSession"')).toEqual([]);
  expect(await epochOf(installation)).toMatch(/^[0-9a-f-]{36}$/);
  expect(await epochOf(installation)).not.toBe(before);
});

it('leaves no jobs, neither those of the backup nor those of the replaced database', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  const file = join(installation.folder, 'backup');
  await query(installation, `INSERT INTO "Job" (name, payload) VALUES ('before', '{}')`);
  await backUp(installation, file);
  await query(installation, `INSERT INTO "Job" (name, payload) VALUES ('after', '{}')`);
  await restore(installation, file, true);
  expect(await query(installation, 'SELECT * FROM "Job"')).toEqual([]);
});

it('keeps revocations that were made after the backup', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  const revoke = `INSERT INTO "Revocation" (role, "subjectId", at) VALUES ('OPERATOR', $1, $2)
    ON CONFLICT (role, "subjectId", address) DO UPDATE SET at = excluded.at`;
  await query(installation, revoke, [1, '2026-01-01T00:00:00Z']);
  await query(installation, revoke, [2, '2026-01-01T00:00:00Z']);
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  await query(installation, revoke, [1, '2026-01-02T00:00:00Z']);
  await query(installation, revoke, [3, '2026-01-02T00:00:00Z']);
  await query(installation, 'DELETE FROM "Revocation" WHERE "subjectId" = 2');
  await restore(installation, file, true);
  expect(await query(installation, `SELECT "subjectId", date_part('day', at)::int AS day FROM "Revocation" ORDER BY 1`)).toEqual([
    { subjectId: 1, day: 2 },
    { subjectId: 2, day: 1 },
    { subjectId: 3, day: 2 },
  ]);
});

it('leaves the schema unchanged, including every index and key', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  const schema = async () =>
    await query(
      installation,
      `SELECT indexdef AS part FROM pg_indexes WHERE schemaname = 'public'
       UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated, conenforced) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace
       UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) FROM information_schema.columns WHERE table_schema = 'public'
       ORDER BY 1`,
    );
  const before = await schema();
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  await restore(installation, file, true);
  expect(before.length).toBeGreaterThan(100);
  expect(await schema()).toEqual(before);
});

it('never reuses an id that was given out after the backup', async () => {
  const [installation, elsewhere] = [await createInstallation(), await createInstallation()];
  await addSampleData(installation);
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  const insert = `INSERT INTO "Client" (username, "updatedAt") VALUES ('new', now()) RETURNING id`;
  await query(installation, `SELECT setval('"Client_id_seq"', 5000000)`);
  const lost = await query<{ id: number }>(installation, insert);
  await restore(installation, file, true);
  await restore(elsewhere, file);
  const [here, there] = [await query<{ id: number }>(installation, insert), await query<{ id: number }>(elsewhere, insert)];
  expect(here[0]?.id).toBeGreaterThan((lost[0]?.id ?? 0) + 900_000);
  // On another database the ids given out after the backup are not known: it skips ahead from the backup's.
  expect(there[0]?.id).toBeGreaterThan(900_000);
  // Every sequence skips ahead, including unused ones.
  const { rows } = await withClient(
    elsewhere,
    async (client) => await client.query<{ last: string }>('SELECT coalesce(last_value, 0) AS last FROM pg_sequences'),
  );
  expect(rows.length).toBeGreaterThanOrEqual(6);
  expect(Math.min(...rows.map(({ last }) => Number(last)))).toBeGreaterThanOrEqual(1_000_000);
});

it('skips fewer ids near the end of a sequence', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  await query(installation, `SELECT setval('"Client_id_seq"', 2147483600)`);
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  await restore(installation, file, true);
  expect(await query(installation, `INSERT INTO "Client" (username, "updatedAt") VALUES ('new', now()) RETURNING id`)).toEqual([
    { id: 2147483624 },
  ]);
});

it.each(['into an empty database', 'replacing existing data'] as const)(
  'applies all later migrations to an older backup, %s',
  async (where) => {
    const [old, installation] = [
      await createInstallation('bare'),
      await createInstallation(where === 'into an empty database' ? 'bare' : 'migrated'),
    ];
    const first = await otherMigrations(old, { first: 1 });
    await migrate(old.url, first);
    const key = await addSampleData(old, 4);
    const file = join(old.folder, 'backup');
    await backUp(old, file, first);
    if (where !== 'into an empty database') await addSampleData(installation, 2, 'Walter');
    // A migration that changes rows: it has to be applied to the rows of the backup, too.
    const newer = await otherMigrations(installation, {
      more: '29990101000000_additive_shout',
      sql: `ALTER TABLE "Client" ADD COLUMN shout TEXT; UPDATE "Client" SET shout = upper(username);`,
    });
    await restore(installation, file, where !== 'into an empty database', newer);
    expect(await query(installation, 'SELECT username, shout, "blockedAt" FROM "Client"')).toEqual([
      { username: 'Vera', shout: 'VERA', blockedAt: null },
    ]);
    expect(await query(installation, 'SELECT count(*)::int AS messages FROM "ChatMessage"')).toEqual([{ messages: 4 }]);
    expect(await readFile(join(installation.uploads, key), 'utf8')).toBe('picture of Vera');
    expect(await migrate(installation.url, newer)).toEqual([]);
    expect(await epochOf(installation)).toMatch(/^[0-9a-f-]{36}$/);
    expect(existsSync(join(installation.folder, 'restore.tmp'))).toBe(false);
  },
);

it('refuses a backup and a database of a newer version', async () => {
  const [newer, installation] = [await createInstallation('bare'), await createInstallation()];
  const migrations = await otherMigrations(newer, { more: '29990101000000_additive_future', sql: 'CREATE TABLE "Future" (id INTEGER)' });
  await migrate(newer.url, migrations);
  await addSampleData(newer);
  const file = join(newer.folder, 'backup');
  await expect(backUp(newer, file)).rejects.toThrow('newer version of Switchboard (unknown migrations: 29990101000000_additive_future)');
  expect(existsSync(file)).toBe(false);
  await backUp(newer, file, migrations);
  const before = await dump(installation);
  await expect(restore(installation, file)).rejects.toThrow(
    'This backup was made by a newer version of Switchboard (1.2.3; unknown migrations: 29990101000000_additive_future). Nothing was changed.',
  );
  expect(await dump(installation)).toEqual(before);
});

it('releases its lock request while others use the tables, and then succeeds', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  await withClient(installation, async (reader) => {
    await reader.query('BEGIN');
    await reader.query('SELECT * FROM "Client"');
    const restored = restore(installation, file, true);
    const waiting = () =>
      query(installation, `SELECT 1 AS waits FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`);
    await expect.poll(waiting).toEqual([{ waits: 1 }]);
    // Other queries get through between two attempts.
    await query(installation, 'SELECT * FROM "Client"');
    await reader.query('COMMIT');
    expect(await restored).toMatchObject({ restored: { conversations: 1 } });
  });
});

it('leaves out columns that were added to the old database by hand, and reports them', async () => {
  const [installation, older] = [await createInstallation(), await createInstallation('bare')];
  const first = await otherMigrations(older, { first: 1 });
  await migrate(older.url, first);
  for (const old of [installation, older]) {
    await addSampleData(old);
    await query(old, `ALTER TABLE "Client" ADD COLUMN "favorite color" JSONB NOT NULL DEFAULT '{"a": "b"}'`);
    const file = join(old.folder, 'backup');
    await backUp(old, file, old === installation ? undefined : first);
    const after = await createInstallation();
    expect((await restore(after, file)).leftOut).toEqual(['Client.favorite color']);
    expect(await query(after, `SELECT username, to_jsonb("Client") ? 'favorite color' AS has FROM "Client"`)).toEqual([
      { username: 'Vera', has: false },
    ]);
  }
  // They are kept where the database has them.
  expect((await restore(installation, join(installation.folder, 'backup'), true)).leftOut).toEqual([]);
});

it('uses only the schema that DATABASE_URL names', async () => {
  const [installation, after] = [await createInstallation(), await createInstallation()];
  // Another program's tables, with the same names.
  for (const other of [installation, after]) await addSampleData(other, 9, 'Walter');
  const before = await dump(after);
  const inSchema = ({ url, ...rest }: TestInstallation) => ({ ...rest, url: `${url}?schema=Help%20desk` });
  await migrate(inSchema(installation).url, migrationsFolder());
  await addSampleData(inSchema(installation), 2);
  const file = join(installation.folder, 'backup');
  await backUp(inSchema(installation), file);
  expect(await restore(inSchema(after), file)).toMatchObject({ restored: { messages: 2 }, removed: { messages: 0 } });
  expect(await query(inSchema(after), 'SELECT username FROM "Client"')).toEqual([{ username: 'Vera' }]);
  expect(await dump(after)).toEqual(before);
});

it('does not touch other programs’ tables', async () => {
  const [installation, after] = [await createInstallation(), await createInstallation()];
  await addSampleData(installation);
  for (const { url } of [installation, after]) await query({ url }, 'CREATE TABLE notes_of_somebody (id INTEGER)');
  await query(after, 'INSERT INTO notes_of_somebody VALUES (1)');
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  await restore(after, file);
  expect(await query(after, 'SELECT * FROM notes_of_somebody')).toEqual([{ id: 1 }]);
});

it('does not overwrite a file that is not a backup, and replaces an older backup', async () => {
  const installation = await createInstallation();
  await addSampleData(installation);
  const precious = join(installation.folder, 'precious');
  await mkdir(dirname(precious), { recursive: true });
  await writeFile(precious, 'a letter');
  await expect(backUp(installation, precious)).rejects.toThrow(BackupError);
  expect(await readFile(precious, 'utf8')).toBe('a letter');
  const file = join(installation.folder, 'backup');
  await backUp(installation, file);
  await addSampleData(installation, 1, 'Walter');
  await backUp(installation, file);
  const after = await createInstallation();
  expect(await restore(after, file)).toMatchObject({ restored: { conversations: 2 } });
});
