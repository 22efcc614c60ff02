import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

import { migrationsFolder } from '../migrations/folder.ts';
import { migrate } from '../migrations/migrate.ts';
import { backUp, dump, furnish, type Home, makeHome, query, restore, withClient } from '../testing/backups.ts';
import { BackupError, listMigrations } from './index.ts';

const epochOf = async (home: Home) => (await query<{ epoch: string }>(home, 'SELECT epoch FROM "Installation"'))[0]?.epoch;

/** The first of our migrations, or all and one more. */
async function otherMigrations(home: Home, kind: { first: number } | { more: string; sql: string }): Promise<string> {
  const folder = join(home.folder, 'other');
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

it('leaves a database alone that holds something, and says what', async () => {
  const home = await makeHome();
  await furnish(home);
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  const before = await dump(home);
  await expect(restore(home, file)).rejects.toThrow(
    'The database is not empty: it has 1 operator, 1 conversation, 3 messages and 1 image. Nothing was changed. With --replace all of that is removed',
  );
  expect(await dump(home)).toEqual(before);
});

it('puts a backup in the place of what is there when told so, and removes the images that are no longer used', async () => {
  const home = await makeHome();
  const kept = await furnish(home, 3, 'Vera');
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  const gone = await furnish(home, 5, 'Walter');
  const result = await restore(home, file, true);
  expect(result).toMatchObject({ removed: { conversations: 2, messages: 8, uploads: 2 }, restored: { conversations: 1, messages: 3 } });
  expect(await query(home, 'SELECT username FROM "Client"')).toEqual([{ username: 'Vera' }]);
  expect(existsSync(join(home.uploads, kept))).toBe(true);
  expect(existsSync(join(home.uploads, gone))).toBe(false);
  expect(await readdir(home.folder)).toEqual(['backup', 'uploads']);
});

it('says when images that are no longer used could not be removed, and is done all the same', async () => {
  const home = await makeHome();
  await furnish(home);
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  const gone = await furnish(home, 5, 'Walter');
  await rm(join(home.uploads, gone));
  await mkdir(join(home.uploads, gone)); // What no file can be removed from.
  expect((await restore(home, file, true)).untidy).toContain(gone);
  expect(await query(home, 'SELECT username FROM "Client"')).toEqual([{ username: 'Vera' }]);
});

it('signs everybody out, and gives the installation another epoch', async () => {
  const home = await makeHome();
  await furnish(home);
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  const before = await epochOf(home);
  await restore(home, file, true);
  expect(await query(home, 'SELECT * FROM "AuthSession"')).toEqual([]);
  expect(await epochOf(home)).toMatch(/^[0-9a-f-]{36}$/);
  expect(await epochOf(home)).not.toBe(before);
});

it('leaves no job to be done again: neither those of the backup nor those of the database that it replaces', async () => {
  const home = await makeHome();
  await furnish(home);
  const file = join(home.folder, 'backup');
  await query(home, `INSERT INTO "Job" (name, payload) VALUES ('before', '{}')`);
  await backUp(home, file);
  await query(home, `INSERT INTO "Job" (name, payload) VALUES ('after', '{}')`);
  await restore(home, file, true);
  expect(await query(home, 'SELECT * FROM "Job"')).toEqual([]);
});

it('keeps the revocations made since the backup', async () => {
  const home = await makeHome();
  await furnish(home);
  const revoke = `INSERT INTO "Revocation" (role, "subjectId", at) VALUES ('OPERATOR', $1, $2)
    ON CONFLICT (role, "subjectId", address) DO UPDATE SET at = excluded.at`;
  await query(home, revoke, [1, '2026-01-01T00:00:00Z']);
  await query(home, revoke, [2, '2026-01-01T00:00:00Z']);
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  await query(home, revoke, [1, '2026-01-02T00:00:00Z']);
  await query(home, revoke, [3, '2026-01-02T00:00:00Z']);
  await query(home, 'DELETE FROM "Revocation" WHERE "subjectId" = 2');
  await restore(home, file, true);
  expect(await query(home, `SELECT "subjectId", date_part('day', at)::int AS day FROM "Revocation" ORDER BY 1`)).toEqual([
    { subjectId: 1, day: 2 },
    { subjectId: 2, day: 1 },
    { subjectId: 3, day: 2 },
  ]);
});

it('leaves every index, key and other part of the schema as it was', async () => {
  const home = await makeHome();
  await furnish(home);
  const schema = async () =>
    await query(
      home,
      `SELECT indexdef AS part FROM pg_indexes WHERE schemaname = 'public'
       UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated, conenforced) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace
       UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) FROM information_schema.columns WHERE table_schema = 'public'
       ORDER BY 1`,
    );
  const before = await schema();
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  await restore(home, file, true);
  expect(before.length).toBeGreaterThan(100);
  expect(await schema()).toEqual(before);
});

it('never gives a number again that was given after the backup', async () => {
  const [home, elsewhere] = [await makeHome(), await makeHome()];
  await furnish(home);
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  const insert = `INSERT INTO "Client" (username, "updatedAt") VALUES ('new', now()) RETURNING id`;
  await query(home, `SELECT setval('"Client_id_seq"', 5000000)`);
  const lost = await query<{ id: number }>(home, insert);
  await restore(home, file, true);
  await restore(elsewhere, file);
  const [here, there] = [await query<{ id: number }>(home, insert), await query<{ id: number }>(elsewhere, insert)];
  expect(here[0]?.id).toBeGreaterThan((lost[0]?.id ?? 0) + 900_000);
  // Elsewhere the numbers given after the backup are not known: it jumps from the backup's.
  expect(there[0]?.id).toBeGreaterThan(900_000);
  // Every sequence jumps, those too that had not given a number yet.
  const { rows } = await withClient(
    elsewhere,
    async (client) => await client.query<{ last: string }>('SELECT coalesce(last_value, 0) AS last FROM pg_sequences'),
  );
  expect(rows.length).toBeGreaterThanOrEqual(6);
  expect(Math.min(...rows.map(({ last }) => Number(last)))).toBeGreaterThanOrEqual(1_000_000);
});

it('jumps less far near the end of the numbers', async () => {
  const home = await makeHome();
  await furnish(home);
  await query(home, `SELECT setval('"Client_id_seq"', 2147483600)`);
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  await restore(home, file, true);
  expect(await query(home, `INSERT INTO "Client" (username, "updatedAt") VALUES ('new', now()) RETURNING id`)).toEqual([
    { id: 2147483624 },
  ]);
});

it.each(['into an empty database', 'in the place of another'] as const)(
  'brings an older backup through all migrations since, %s',
  async (where) => {
    const [old, home] = [await makeHome('bare'), await makeHome(where === 'into an empty database' ? 'bare' : 'migrated')];
    const first = await otherMigrations(old, { first: 1 });
    await migrate(old.url, first);
    const key = await furnish(old, 4);
    const file = join(old.folder, 'backup');
    await backUp(old, file, first);
    if (where !== 'into an empty database') await furnish(home, 2, 'Walter');
    // A migration that changes rows, which those of the backup have to go through as the others did.
    const newer = await otherMigrations(home, {
      more: '29990101000000_additive_shout',
      sql: `ALTER TABLE "Client" ADD COLUMN shout TEXT; UPDATE "Client" SET shout = upper(username);`,
    });
    await restore(home, file, where !== 'into an empty database', newer);
    expect(await query(home, 'SELECT username, shout, "blockedAt" FROM "Client"')).toEqual([
      { username: 'Vera', shout: 'VERA', blockedAt: null },
    ]);
    expect(await query(home, 'SELECT count(*)::int AS messages FROM "ChatMessage"')).toEqual([{ messages: 4 }]);
    expect(await readFile(join(home.uploads, key), 'utf8')).toBe('picture of Vera');
    expect(await migrate(home.url, newer)).toEqual([]);
    expect(await epochOf(home)).toMatch(/^[0-9a-f-]{36}$/);
    expect(existsSync(join(home.folder, 'restore.tmp'))).toBe(false);
  },
);

it('refuses a backup of a newer version, and a database of one', async () => {
  const [newer, home] = [await makeHome('bare'), await makeHome()];
  const migrations = await otherMigrations(newer, { more: '29990101000000_additive_future', sql: 'CREATE TABLE "Future" (id INTEGER)' });
  await migrate(newer.url, migrations);
  await furnish(newer);
  const file = join(newer.folder, 'backup');
  await expect(backUp(newer, file)).rejects.toThrow('newer version of Switchboard (it has 29990101000000_additive_future)');
  expect(existsSync(file)).toBe(false);
  await backUp(newer, file, migrations);
  const before = await dump(home);
  await expect(restore(home, file)).rejects.toThrow(
    'This backup was made by a newer version of Switchboard (1.2.3; it has 29990101000000_additive_future). Nothing was changed.',
  );
  expect(await dump(home)).toEqual(before);
});

it('steps back while others use the tables, and then does it', async () => {
  const home = await makeHome();
  await furnish(home);
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  await withClient(home, async (reader) => {
    await reader.query('BEGIN');
    await reader.query('SELECT * FROM "Client"');
    const restored = restore(home, file, true);
    const waiting = () =>
      query(home, `SELECT 1 AS waits FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`);
    await expect.poll(waiting).toEqual([{ waits: 1 }]);
    // Others that come meanwhile get through between two tries.
    await query(home, 'SELECT * FROM "Client"');
    await reader.query('COMMIT');
    expect(await restored).toMatchObject({ restored: { conversations: 1 } });
  });
});

it('leaves out columns that were added to the old database by hand, and says so', async () => {
  const [home, older] = [await makeHome(), await makeHome('bare')];
  const first = await otherMigrations(older, { first: 1 });
  await migrate(older.url, first);
  for (const old of [home, older]) {
    await furnish(old);
    await query(old, `ALTER TABLE "Client" ADD COLUMN "favorite color" JSONB NOT NULL DEFAULT '{"a": "b"}'`);
    const file = join(old.folder, 'backup');
    await backUp(old, file, old === home ? undefined : first);
    const after = await makeHome();
    expect((await restore(after, file)).leftOut).toEqual(['Client.favorite color']);
    expect(await query(after, `SELECT username, to_jsonb("Client") ? 'favorite color' AS has FROM "Client"`)).toEqual([
      { username: 'Vera', has: false },
    ]);
  }
  // Where the database has them, they are kept.
  expect((await restore(home, join(home.folder, 'backup'), true)).leftOut).toEqual([]);
});

it('keeps to the schema that DATABASE_URL names', async () => {
  const [home, after] = [await makeHome(), await makeHome()];
  // Another program's tables, with the same names.
  for (const other of [home, after]) await furnish(other, 9, 'Walter');
  const before = await dump(after);
  const inSchema = ({ url, ...rest }: Home) => ({ ...rest, url: `${url}?schema=Help%20desk` });
  await migrate(inSchema(home).url, migrationsFolder());
  await furnish(inSchema(home), 2);
  const file = join(home.folder, 'backup');
  await backUp(inSchema(home), file);
  expect(await restore(inSchema(after), file)).toMatchObject({ restored: { messages: 2 }, removed: { messages: 0 } });
  expect(await query(inSchema(after), 'SELECT username FROM "Client"')).toEqual([{ username: 'Vera' }]);
  expect(await dump(after)).toEqual(before);
});

it('leaves tables of other programs alone', async () => {
  const [home, after] = [await makeHome(), await makeHome()];
  await furnish(home);
  for (const { url } of [home, after]) await query({ url }, 'CREATE TABLE notes_of_somebody (id INTEGER)');
  await query(after, 'INSERT INTO notes_of_somebody VALUES (1)');
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  await restore(after, file);
  expect(await query(after, 'SELECT * FROM notes_of_somebody')).toEqual([{ id: 1 }]);
});

it('does not overwrite a file that is no backup, and replaces an older backup', async () => {
  const home = await makeHome();
  await furnish(home);
  const precious = join(home.folder, 'precious');
  await mkdir(dirname(precious), { recursive: true });
  await writeFile(precious, 'a letter');
  await expect(backUp(home, precious)).rejects.toThrow(BackupError);
  expect(await readFile(precious, 'utf8')).toBe('a letter');
  const file = join(home.folder, 'backup');
  await backUp(home, file);
  await furnish(home, 1, 'Walter');
  await backUp(home, file);
  const after = await makeHome();
  expect(await restore(after, file)).toMatchObject({ restored: { conversations: 2 } });
});
