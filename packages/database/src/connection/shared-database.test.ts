import { afterEach, beforeEach, expect, it } from 'vitest';

import { openDatabase, type Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { migrationsFolder } from '../migrations/folder.ts';
import { migrate } from '../migrations/migrate.ts';
import { createEmptyDatabase, queryOnce } from '../testing/migration-folders.ts';

let url: string;
let database: Database;

/** Another Prisma app, with a table whose name we use, too. */
const OTHERS = `
  CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "handle" TEXT);
  INSERT INTO "User" VALUES ('u1', 'ana');
  CREATE TABLE "_prisma_migrations" ("id" VARCHAR(36) PRIMARY KEY, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ, "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0);
  INSERT INTO "_prisma_migrations" VALUES ('1', 'x', now(), '20240101000000_theirs', NULL, NULL, now(), 1);`;

const theirs = async () =>
  await queryOnce(
    url,
    `SELECT (SELECT json_agg(u) FROM public."User" u) AS users, (SELECT json_agg(m) FROM public._prisma_migrations m) AS history`,
  );

beforeEach(async () => {
  url = await createEmptyDatabase();
  await queryOnce(url, OTHERS);
});
afterEach(async () => await database.close());

it.each(['chat', 'Help desk'])(
  'with ?schema=%s a database can be shared with another Prisma app, whose tables stay untouched',
  async (schema) => {
    const before = await theirs();
    const ours = `${url}?schema=${encodeURIComponent(schema)}&connection_limit=3`;
    const applied = await migrate(ours, migrationsFolder());
    expect(applied[0]).toBe('20261123000000_init');
    expect(await migrate(ours, migrationsFolder())).toEqual([]);
    database = openDatabase({ url: ours, applicationName: 'shares' });
    const { id } = await database.prisma.client.create({ data: { username: 'Vera' } });
    expect(await database.transact(async (tx) => await tx.query(Prisma.sql`SELECT username FROM "Client" WHERE id = ${id}`))).toEqual([
      { username: 'Vera' },
    ]);
    expect(await database.prisma.$queryRaw`SELECT count(*)::int AS count FROM "User"`).toEqual([{ count: 0 }]);
    await database.canSave();
    expect(await theirs()).toEqual(before);
    const places = await queryOnce(
      url,
      `SELECT DISTINCT table_schema AS place FROM information_schema.tables WHERE table_name = 'ChatMessage'`,
    );
    expect(places).toEqual([{ place: schema }]);
  },
);

it('connection_limit limits the connections of both pools together', async () => {
  const ours = `${url}?schema=chat&connection_limit=3`;
  await migrate(ours, migrationsFolder());
  database = openDatabase({ url: ours, applicationName: 'limited', poolSize: 10 });
  const { prisma } = database;
  const slow = () => [
    prisma.$queryRaw`SELECT 1 FROM pg_sleep(0.3)`.then(() => 1),
    database.transact(async (tx) => await tx.query(Prisma.sql`SELECT 1`)),
  ];
  const work = [...slow(), ...slow(), ...slow(), ...slow()];
  await Promise.allSettled(work);
  expect(database.poolState().total).toBe(3);
  const open = await queryOnce(url, `SELECT 1 FROM pg_stat_activity WHERE application_name = 'limited' AND datname = current_database()`);
  expect(open.length).toBe(3);
});
