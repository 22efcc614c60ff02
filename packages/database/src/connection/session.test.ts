import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openDatabase, type Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { migrationsFolder } from '../migrations/folder.ts';
import { migrate } from '../migrations/migrate.ts';
import { createTestDatabase } from '../testing/index.ts';
import { hasPgBouncer, PgBouncer } from '../testing/pgbouncer.ts';
import { isUnavailable } from '../unavailable.ts';
import { SessionError } from './session-client.ts';

const SETTINGS = [
  'TimeZone',
  'statement_timeout',
  'idle_in_transaction_session_timeout',
  'plan_cache_mode',
  'enable_seqscan',
  'search_path',
];
const READ = Prisma.sql`SELECT name, current_setting(name) AS value FROM unnest(${SETTINGS}::text[]) AS name`;
const COMMON = { TimeZone: 'UTC', statement_timeout: '3s', idle_in_transaction_session_timeout: '3s', search_path: '"public"' };

let direct: Database;
let url: string;
const opened: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  ({ database: direct, url } = await createTestDatabase());
  opened.push(direct);
  const name = new URL(url).pathname.slice(1);
  await direct.prisma.$executeRawUnsafe(`ALTER DATABASE "${name}" SET timezone = 'America/New_York'`);
});
afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

function open(at: string): Database {
  const database = openDatabase({ url: at, applicationName: 'settled', poolSize: 4 });
  opened.push(database);
  return database;
}

async function startPgBouncer(settings: Record<string, string>): Promise<PgBouncer> {
  const bouncer = await PgBouncer.start(url, settings);
  opened.push({ close: async () => await bouncer.stop() });
  return bouncer;
}

/** The settings of connections of both pools. */
async function settingsOf(database: Database) {
  const record = (rows: { name: string; value: string }[]) => Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  const transact = await database.transact(async (tx) => await tx.query<{ name: string; value: string }>(READ));
  return { prisma: record(await database.prisma.$queryRaw(READ)), transact: record(transact) };
}

/** Expects that a time survives a round trip, through Prisma and through `transact`. */
async function expectTimesToRoundTrip(database: Database): Promise<void> {
  const at = new Date('2026-07-01T12:00:00.123Z');
  const { id } = await database.prisma.client.create({ data: { username: 'Vera', createdAt: at } });
  expect((await database.prisma.client.findUniqueOrThrow({ where: { id } })).createdAt).toEqual(at);
  const transact = await database.transact(
    async (tx) => await tx.query<{ at: Date }>(Prisma.sql`SELECT "createdAt" AS at FROM "Client" WHERE id = ${id}`),
  );
  expect(transact).toEqual([{ at }]);
}

describe('a connection', () => {
  it.each([
    ['without options', ''],
    ['with options in the URL', '?options=-c%20TimeZone%3DEurope%2FBerlin%20-c%20statement_timeout%3D0%20-c%20enable_seqscan%3Don'],
  ])('has our settings %s', async (_what, query) => {
    const database = open(url + query);
    const { prisma, transact } = await settingsOf(database);
    expect(prisma).toMatchObject({ ...COMMON, plan_cache_mode: 'auto', enable_seqscan: 'on' });
    expect(transact).toMatchObject({ ...COMMON, plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' });
    await expectTimesToRoundTrip(database);
  });
});

describe.skipIf(!hasPgBouncer())('through PgBouncer', () => {
  it('with session pooling, our settings apply to both pools despite PgBouncer’s own', async () => {
    const bouncer = await startPgBouncer({ pool_mode: 'session' });
    const database = open(bouncer.url);
    const { prisma, transact } = await settingsOf(database);
    expect(prisma).toMatchObject(COMMON);
    expect(transact).toMatchObject({ ...COMMON, plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' });
    await expectTimesToRoundTrip(database);
    await database.canSave();
    expect(await migrate(bouncer.url, migrationsFolder())).toEqual([]);
  });

  it.each(['transaction', 'statement'])('with %s pooling, migrate refuses and names the setting', async (mode) => {
    const bouncer = await startPgBouncer({ pool_mode: mode });
    const refusal = migrate(bouncer.url, migrationsFolder());
    await expect(refusal).rejects.toThrow(SessionError);
    await expect(refusal).rejects.toThrow(/pool_mode = session/);
  });

  it('with transaction pooling, an open database fails with the reason before it saves duplicates or wrong times', async () => {
    const bouncer = await startPgBouncer({ pool_mode: 'transaction' });
    const database = open(bouncer.url);
    const asked = async () =>
      await Promise.allSettled([database.ping(), database.canSave(), database.prisma.client.count(), database.prisma.user.count()]);
    const failures = [...(await asked()), ...(await asked())].flatMap((each) =>
      each.status === 'rejected' ? [each.reason as unknown] : [],
    );
    expect(failures.map(String).join('\n')).toMatch(/pool_mode = session/);
    await expect(database.ping()).rejects.toThrow(SessionError);
    await expect(database.canSave()).rejects.toThrow(SessionError);
    expect(failures.some((error) => error instanceof SessionError && isUnavailable(error))).toBe(false);
  });
});
