import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { openDatabase, type Database } from './database.ts';
import { Prisma } from './generated/client.ts';
import { createTestDatabase } from './testing/index.ts';

let database: Database;
let times: { what: string; seconds: number }[] = [];

beforeAll(async () => {
  const made = await createTestDatabase();
  await made.database.close();
  database = openDatabase({
    url: made.url,
    applicationName: 'timed',
    poolSize: 1,
    onTime: (what, seconds) => void times.push({ what, seconds }),
  });
});
beforeEach(() => {
  times = [];
});
afterAll(async () => await database.close());

it('reports the time of a query once', async () => {
  await database.prisma.$queryRaw`SELECT 1 FROM pg_sleep(0.05)`;
  expect(times).toEqual([{ what: 'query', seconds: expect.any(Number) }]);
  expect(times[0]?.seconds).toBeGreaterThanOrEqual(0.05);
});

it('includes the wait for a connection', async () => {
  await Promise.all([database.prisma.$queryRaw`SELECT 1 FROM pg_sleep(0.05)`, database.prisma.$queryRaw`SELECT 1 FROM pg_sleep(0.05)`]);
  expect(Math.max(...times.map(({ seconds }) => seconds))).toBeGreaterThanOrEqual(0.1);
});

it('reports each query of a Prisma transaction', async () => {
  await database.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1`;
    await tx.$queryRaw`SELECT 1 FROM pg_sleep(0.05)`;
  });
  // Including BEGIN and COMMIT.
  await expect.poll(() => times.map(({ what }) => what)).toEqual(['query', 'query', 'query', 'query']);
  expect(Math.max(...times.map(({ seconds }) => seconds))).toBeGreaterThanOrEqual(0.05);
});

it('reports failed queries, too', async () => {
  await expect(database.prisma.$queryRaw`SELECT 1 / 0`).rejects.toThrow('division by zero');
  expect(times).toHaveLength(1);
});

it('reports the time of a transact() call', async () => {
  await database.transact(async (tx) => await tx.commit(Prisma.sql`SELECT 1 AS one FROM pg_sleep(0.05)`));
  await expect(database.transact(async () => await Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(times.map(({ what }) => what)).toEqual(['transaction', 'transaction']);
  expect(times[0]?.seconds).toBeGreaterThanOrEqual(0.05);
});
