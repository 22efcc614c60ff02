import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase, type Database } from './database.ts';
import { createTestDatabase, FaultyProxy } from './testing/index.ts';
import { QuietClock } from './testing/quiet-clock.ts';
import { isUnavailable } from './unavailable.ts';

const clock = new QuietClock();
let direct: Database;
let url: string;
let proxy: FaultyProxy;
let database: Database;
const reported: Error[] = [];

beforeAll(async () => {
  ({ database: direct, url } = await createTestDatabase());
  proxy = await FaultyProxy.open(url);
  database = openDatabase({ url: proxy.url, applicationName: 'wired', poolSize: 3, onError: (error) => void reported.push(error) });
});
afterEach(() => proxy.thaw());
afterAll(async () => {
  clock.close();
  await database.close();
  await proxy.close();
  await direct.close();
});

/** Milliseconds of a quiet machine until `work` fails. The error must mean that the database is unavailable. */
async function failsAfter(work: Promise<unknown>): Promise<number> {
  const start = clock.now();
  const error = await work.then(
    () => 'resolved',
    (failure: unknown) => failure,
  );
  expect(isUnavailable(error), String(error)).toBe(true);
  return clock.now() - start;
}

describe('a server that does not answer', () => {
  it('makes a query on an open connection fail within 5 s, and is used again once it answers', async () => {
    await database.ping();
    proxy.freeze();
    expect(await failsAfter(database.prisma.$queryRaw`SELECT 1`)).toBeLessThan(5_000);
    proxy.thaw();
    await expect.poll(async () => await database.ping().then(() => 'up', String)).toBe('up');
  });

  it('makes a query that first waits for a connection fail within 5 s in total', async () => {
    const narrow = openDatabase({ url, applicationName: 'narrow', poolSize: 1 });
    // The only connection becomes free shortly before the wait for it would time out. (A Prisma query starts when its result is awaited.)
    const before = narrow.prisma.$queryRaw`SELECT 1 FROM pg_sleep(1.2)`.then(() => undefined);
    const after = failsAfter(narrow.prisma.$queryRaw`SELECT 1 FROM pg_sleep(20)`);
    await before;
    expect(await after).toBeLessThan(5_000);
    await narrow.close();
  });

  it('makes a new connection fail within 5 s', async () => {
    const fresh = openDatabase({ url: proxy.url, applicationName: 'fresh' });
    proxy.freeze();
    expect(await failsAfter(fresh.prisma.client.findFirst())).toBeLessThan(5_000);
    await fresh.close();
  });

  it('makes a running transaction fail within 5 s, and leaves no dead connection in the pool', async () => {
    const work = database.prisma.$transaction(async (tx) => {
      await tx.client.create({ data: { username: 'never' } });
      proxy.freeze();
      await tx.client.create({ data: { username: 'never' } });
    });
    expect(await failsAfter(work)).toBeLessThan(5_000);
    proxy.cut();
    proxy.thaw();
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await database.prisma.client.count()).toBe(0);
    expect(database.poolState().waiting).toBe(0);
  });

  it('makes requests that wait for a connection fail within 5 s', async () => {
    await Promise.all([database.ping(), database.ping(), database.ping()]);
    proxy.freeze();
    const times = await Promise.all(Array.from({ length: 9 }, async () => await failsAfter(database.prisma.$queryRaw`SELECT 1`)));
    expect(Math.max(...times)).toBeLessThan(5_000);
  });
});

describe('a connection', () => {
  it('that breaks while idle is reported and replaced', async () => {
    await expect.poll(async () => await database.ping().then(() => 'up', String)).toBe('up');
    const before = reported.length;
    await direct.prisma
      .$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wired' AND datname = current_database()`;
    await expect.poll(() => reported.length).toBeGreaterThan(before);
    await expect.poll(() => database.poolState().total).toBe(0);
    await database.ping();
  });

  it('is named after its application', async () => {
    const rows = await database.prisma.$queryRaw`SELECT current_setting('application_name') AS name`;
    expect(rows).toEqual([{ name: 'wired' }]);
  });

  it('uses UTC, whatever the server’s time zone is', async () => {
    const name = new URL(url).pathname.slice(1);
    await direct.prisma.$executeRawUnsafe(`ALTER DATABASE "${name}" SET timezone = 'America/New_York'`);
    const elsewhere = openDatabase({ url, applicationName: 'elsewhere' });
    const at = new Date('2026-07-01T12:00:00.123Z');
    const { id } = await elsewhere.prisma.client.create({ data: { username: 'Vera', createdAt: at } });
    const [row] = await elsewhere.prisma.$queryRaw<{ epoch: number; raw: Date; recent: boolean }[]>`
      SELECT extract(epoch FROM "createdAt")::float8 AS epoch, "createdAt" AS raw, abs(extract(epoch FROM now() - "lastActivityAt")) < 60 AS recent
      FROM "Client" WHERE id = ${id}`;
    expect(row).toEqual({ epoch: at.getTime() / 1000, raw: at, recent: true });
    expect((await elsewhere.prisma.client.findUniqueOrThrow({ where: { id } })).createdAt).toEqual(at);
    await elsewhere.close();
  });
});
