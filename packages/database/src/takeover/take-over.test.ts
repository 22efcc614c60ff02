import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { migrationsFolder } from '../migrations/folder.ts';
import { readMigrations } from '../migrations/list.ts';
import { migrate } from '../migrations/migrate.ts';
import { ForeignSchemaError, MigrationBlockedError, SchemaTooNewError } from '../migrations/errors.ts';
import { createEmptyDatabase, MigrationFolders, queryOnce } from '../testing/migration-folders.ts';
import { type GuideInstallation, installGuide } from '../testing/guide.ts';
import { createClient } from '../connection/connections.ts';
import { describeSchema } from './describe-schema.ts';
import { TakeOverError } from './take-over.ts';

const INSTALLATIONS: GuideInstallation[] = (['plain', 'grown'] as const).flatMap((kind) =>
  [true, false].map((history) => ({ kind, history })),
);
const kindOf = async (url: string) => (await describeSchema(url, migrationsFolder())).kind;

let url: string;

beforeEach(async () => {
  url = await createEmptyDatabase();
});

/** Every row of every table, with times as instants, without columns that were added. */
async function rowsOf(columns: ReadonlyMap<string, readonly string[]>): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [table, names] of columns) {
    const list = names.map((name) => `"${name}"`).join(', ');
    found[table] = await queryOnce(
      url,
      `SELECT ${list} FROM "${table}" ORDER BY ${table === '_prisma_migrations' ? 'started_at LIMIT 2' : 'id'}`,
    );
  }
  return found;
}

async function columnsOf(): Promise<Map<string, string[]>> {
  const rows = await queryOnce<{ table: string; columns: string[] }>(
    url,
    `SELECT table_name AS "table", array_agg(column_name::text ORDER BY ordinal_position) AS columns FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1`,
  );
  return new Map(rows.map(({ table, columns }) => [table, columns]));
}

/** The guide's columns that were renamed. */
const RENAMED: Readonly<Record<string, readonly string[]>> = {
  Client: ['status', 'lastSeq', 'blockedAt'],
  User: ['role', 'emailVerified'],
};

describe.each(INSTALLATIONS)('an installation of the guide (%o)', (installation) => {
  beforeEach(async () => await installGuide(url, installation));

  it('is recognized, taken over with every row, and then up to date', async () => {
    const columns = await columnsOf();
    const before = await rowsOf(columns);
    expect(await kindOf(url)).toBe('guide');
    const notes: string[] = [];
    const applied = await migrate(url, migrationsFolder(), { onNote: (line) => void notes.push(line) });
    expect(applied[0]).toBe('20261123000000_init');
    expect(notes.join('\n')).toMatch(/306 messages, 3 visitors, 2 operators/);
    expect(notes.join('\n')).toMatch(/operator password/);
    expect(await kindOf(url)).toBe('ours');
    expect(await migrate(url, migrationsFolder())).toEqual([]);
    const records = await queryOnce<{ name: string; checksum: string }>(
      url,
      `SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND checksum NOT IN ('x', 'y') ORDER BY started_at`,
    );
    const ours = await readMigrations(migrationsFolder());
    expect(records).toEqual(ours.map(({ name, sql }) => ({ name, checksum: createHash('sha256').update(sql).digest('hex') })));

    const now = await columnsOf();
    const moved = new Map(
      [...columns].map(([table, names]) => [
        table,
        names.map((name) => (now.get(table)?.includes(`${name}_before_switchboard`) ? `${name}_before_switchboard` : name)),
      ]),
    );
    const after = await rowsOf(moved);
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('_before_switchboard', '')) as unknown;
    // The operator without an e-mail address got one to sign in with.
    const withEmail = plain(before) as { User: { id: number; email: string | null }[] };
    for (const user of withEmail.User) user.email ??= `operator-${user.id}@switchboard.invalid`;
    if (installation.kind === 'grown') {
      const users = after.User as { id: number; createdAt: Date }[];
      for (const user of withEmail.User as { id: number; createdAt?: unknown }[])
        user.createdAt ??= JSON.parse(JSON.stringify(users.find(({ id }) => id === user.id)?.createdAt)) as unknown;
    }
    expect(plain(after)).toEqual(withEmail);
    const movedNames = [...moved].flatMap(([, names]) =>
      names.filter((name) => name.endsWith('_before_switchboard')).map((name) => name.replace('_before_switchboard', '')),
    );
    expect(new Set(movedNames)).toEqual(new Set(installation.kind === 'plain' ? ['status', 'role'] : Object.values(RENAMED).flat()));
  });

  it('has our complete schema afterwards, like a new database', async () => {
    await migrate(url, migrationsFolder());
    const takenOver = await readCatalog(url);
    const fresh = await createEmptyDatabase();
    await migrate(fresh, migrationsFolder());
    const missing = (await readCatalog(fresh)).filter((entry) => !takenOver.includes(entry));
    expect(missing).toEqual([]);
  });

  it('numbers messages by time, and derives counters from them', async () => {
    await migrate(url, migrationsFolder());
    expect(await queryOnce(url, `SELECT seq, text, "imageName" FROM "ChatMessage" WHERE "clientId" = 1 ORDER BY seq`)).toEqual([
      { seq: 1, text: 'saved late, sent early', imageName: null },
      { seq: 2, text: "hello; it's me", imageName: null },
      { seq: 3, text: 'good day', imageName: null },
      { seq: 4, text: null, imageName: 'a.png' },
      { seq: 5, text: null, imageName: 'b.jpg' },
    ]);
    expect(
      await queryOnce(
        url,
        `SELECT id, status::text, "lastSeq", "unreadCount", "operatorReadSeq", "clientReadSeq", ("lastActivityAt" AT TIME ZONE 'UTC')::text AS last, "endedAt" IS NOT NULL AS ended FROM "Client" ORDER BY id`,
      ),
    ).toMatchObject([
      {
        id: 1,
        status: 'ACTIVE',
        lastSeq: 5,
        unreadCount: 2,
        operatorReadSeq: 3,
        clientReadSeq: 2,
        last: '2024-07-01 12:00:00',
        ended: false,
      },
      { id: 2, status: 'ENDED', lastSeq: 301, unreadCount: 151, operatorReadSeq: 0, clientReadSeq: 301, ended: true },
      { id: 7, status: 'ACTIVE', lastSeq: 0, unreadCount: 0, operatorReadSeq: 0, clientReadSeq: 0, ended: false },
    ]);
    expect(
      await queryOnce(
        url,
        `SELECT id, "messageKey" FROM "ChatMessage" WHERE "messageKey"::text !~ '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a'`,
      ),
    ).toEqual([]);
    expect(await queryOnce(url, `SELECT name IN ('Ana', 'ana') AS name, role::text FROM "User" ORDER BY id`)).toEqual([
      { name: true, role: 'ADMIN' },
      { name: false, role: 'OPERATOR' },
    ]);
  });

  it('finds visitors by the sockets and sessions of their messages', async () => {
    await migrate(url, migrationsFolder());
    const sessions = await queryOnce<{ id: string }>(
      url,
      `SELECT id::text, "clientId", "clientSocketId", ("startedAt" AT TIME ZONE 'UTC')::text AS began FROM "ChatSession" ORDER BY "clientId", "startedAt"`,
    );
    expect(sessions).toEqual([
      { id: expect.any(String) as string, clientId: 1, clientSocketId: 'sock-A', began: '2024-01-01 10:00:00.123' },
      { id: '3f0e7a52-6f0e-4b7e-9c58-1f2f6a1f8d11', clientId: 1, clientSocketId: 'sock-B', began: '2024-07-01 12:00:00' },
      { id: expect.any(String) as string, clientId: 2, clientSocketId: 'sock-C', began: '2024-01-01 10:00:00.5' },
      { id: expect.any(String) as string, clientId: 7, clientSocketId: null, began: expect.any(String) as string },
    ]);
  });

  it('accepts our new rows, even where the old tables had stricter constraints', async () => {
    await migrate(url, migrationsFolder());
    const phone = `'+1 555 0100'`;
    await queryOnce(
      url,
      `INSERT INTO "Client" (username, phone, "updatedAt") VALUES ('a', ${phone}, now()), ('b', ${phone}, now()), ('c', NULL, now())`,
    );
    await queryOnce(
      url,
      `INSERT INTO "User" (name, email, "updatedAt") VALUES ('New', 'new@x.example', now()), ('New', 'newer@x.example', now())`,
    );
    await expect(queryOnce(url, `INSERT INTO "User" (name, email, "updatedAt") VALUES ('New', 'new@x.example', now())`)).rejects.toThrow(
      /User_email_key/,
    );
    await queryOnce(
      url,
      `INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt") VALUES (gen_random_uuid(), 1, 6, 'CLIENT', 'TEXT', 'new', now())`,
    );
    expect(await queryOnce(url, `SELECT max(id) AS id FROM "ChatMessage"`)).toEqual([{ id: 307 }]);
  });

  it('is unchanged after a failure, and the next run takes it over', async () => {
    const columns = await columnsOf();
    const before = await rowsOf(columns);
    await queryOnce(url, `CREATE VIEW waiting AS SELECT "createdAt" FROM "ChatMessage"`);
    const refused = migrate(url, migrationsFolder());
    await expect(refused).rejects.toThrow(TakeOverError);
    await expect(refused).rejects.toThrow(/view.*Nothing was changed/);
    expect(await rowsOf(columns)).toEqual(before);
    expect(await columnsOf()).toEqual(new Map([...columns, ['waiting', ['createdAt']]]));
    await queryOnce(url, 'DROP VIEW waiting');
    expect((await migrate(url, migrationsFolder())).length).toBeGreaterThan(1);
  });
});

describe('an obstacle', () => {
  beforeEach(async () => await installGuide(url, { kind: 'plain', history: true }));

  it.each([
    ['CREATE TABLE "Upload" (id int); CREATE TABLE "Installation" (id int)', /tables named "Upload", "Installation".*rename them/],
    [
      'ALTER TABLE "ChatMessage" DROP CONSTRAINT "ChatMessage_clientId_fkey"; DELETE FROM "Client" WHERE id = 2',
      /301 messages belong to no row of "Client"/,
    ],
    [
      `DROP INDEX "User_email_key"; INSERT INTO "User" (name, email, password, "updatedAt") VALUES ('x', 'ANA@x.example', '', now())`,
      /1 e-mail addresses/,
    ],
    [
      `ALTER TYPE "MessageType" ADD VALUE 'AUDIO'; COMMIT; UPDATE "ChatMessage" SET "messageType" = 'AUDIO' WHERE id = 1`,
      /1 messages have a messageType other than TEXT and IMAGE/,
    ],
    [`UPDATE _prisma_migrations SET finished_at = NULL WHERE id = 'b'`, /20240201000000_indexes failed halfway/],
  ])('is reported, and nothing is changed: %s', async (sql, sentence) => {
    for (const part of sql.split('COMMIT; ')) await queryOnce(url, part);
    const columns = await columnsOf();
    const refused = migrate(url, migrationsFolder());
    await expect(refused).rejects.toThrow(TakeOverError);
    await expect(refused).rejects.toThrow(sentence);
    expect(await columnsOf()).toEqual(columns);
  });

  it('an application that is still running is named', async () => {
    const other = createClient(url, 'the old app');
    await other.connect();
    await other.query('BEGIN; SELECT * FROM "Client"');
    const refused = migrate(url, migrationsFolder());
    await expect(refused).rejects.toThrow(MigrationBlockedError);
    await expect(refused).rejects.toThrow(/the old app \(process \d+.*Stop the old application/);
    await other.end();
  });
});

describe('a schema', () => {
  let folders: MigrationFolders;
  beforeEach(async () => {
    folders = await MigrationFolders.make();
  });
  afterEach(async () => await folders.remove());

  it.each(['CREATE TABLE "Post" (id int)', 'CREATE TABLE "User" (id text); CREATE TABLE "Post" (id int)'])(
    'of another program is reported with advice, and not changed: %s',
    async (sql) => {
      await queryOnce(url, sql);
      expect(await kindOf(url)).toBe('foreign');
      const refused = migrate(url, migrationsFolder());
      await expect(refused).rejects.toThrow(ForeignSchemaError);
      await expect(refused).rejects.toThrow(/tables of another program \(.*Post.*\).*\?schema=switchboard/);
      await expect(refused).rejects.not.toThrow(/newer version/);
      expect((await columnsOf()).has('Client')).toBe(false);
    },
  );

  it('without tables is empty, and ours after a migration', async () => {
    expect(await kindOf(url)).toBe('empty');
    await migrate(url, migrationsFolder());
    expect(await kindOf(url)).toBe('ours');
  });

  it('of a newer version is reported; with another program’s records, the message says that it may be either', async () => {
    const folder = await folders.withMore({ '29990101000000_more': 'CREATE TABLE "More" ("id" INT);' });
    await migrate(url, folder);
    expect(await describeSchema(url, migrationsFolder())).toMatchObject({ kind: 'newer', unknown: ['29990101000000_more'] });
    url = await createEmptyDatabase();
    await installGuide(url, { kind: 'plain', history: true });
    await migrate(url, migrationsFolder());
    await queryOnce(
      url,
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name) VALUES ('c', 'z', now(), '20270101000000_theirs')`,
    );
    const refused = migrate(url, migrationsFolder());
    await expect(refused).rejects.toThrow(SchemaTooNewError);
    await expect(refused).rejects.toThrow(/20270101000000_theirs.*If the other program made them/);
  });
});

/** Columns, indexes, keys and enums, as texts. */
async function readCatalog(at: string): Promise<string[]> {
  const rows = await queryOnce<{ entry: string }>(
    at,
    `SELECT concat_ws(' ', 'column', table_name, column_name, data_type, udt_name, datetime_precision, is_nullable, column_default) AS entry
      FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
      UNION ALL SELECT concat_ws(' ', 'enum', enumtypid::regtype, enumlabel) FROM pg_enum ORDER BY 1`,
  );
  return rows.map(({ entry }) => entry);
}
