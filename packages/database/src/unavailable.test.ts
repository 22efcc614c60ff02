import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase, type Database } from './database.ts';
import { isDiskFull, isInvalidData, isReadOnly, isTransactionConflict, isUniqueViolation } from './error-codes.ts';
import { createTestDatabase } from './testing/index.ts';
import { isUnavailable } from './unavailable.ts';

let database: Database;
let url: string;
beforeAll(async () => {
  ({ database, url } = await createTestDatabase());
});
afterAll(async () => await database.close());

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
const at = (change: (url: URL) => void) => {
  const other = new URL(url);
  change(other);
  return openDatabase({ url: other.href, applicationName: 'elsewhere' });
};

describe('is unavailable', () => {
  it.each([
    ['a refused connection', (to: URL) => void (to.port = '1')],
    ['a host that does not exist', (to: URL) => void (to.hostname = 'nowhere.invalid')],
  ])('%s', async (_name, change) => {
    const away = at(change);
    for (const work of [
      async () => await away.ping(),
      async () => await away.prisma.$queryRaw`SELECT 1`,
      async () => await away.prisma.client.findFirst(),
      async () => await away.prisma.$transaction(async (tx) => await tx.client.findFirst()),
    ]) {
      const error = await errorOf(work());
      expect(isUnavailable(error), String(error)).toBe(true);
    }
    await away.close();
  });

  it('a backend that is terminated in a transaction', async () => {
    const raw = await errorOf(
      database.prisma.$transaction(async (tx) => await tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`),
    );
    expect(isUnavailable(raw), String(raw)).toBe(true);
    const plain = await errorOf(database.prisma.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`);
    expect(isUnavailable(plain), String(plain)).toBe(true);
  });

  it('a statement that times out', async () => {
    const error = await errorOf(
      database.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SET LOCAL statement_timeout = 20`;
        await tx.$queryRaw`SELECT 1 FROM pg_sleep(5)`;
      }),
    );
    expect(isUnavailable(error), String(error)).toBe(true);
  });

  it('a lock timeout', async () => {
    await database.prisma.client.create({ data: { username: 'locked' } });
    const error = await database.prisma.$transaction(async (holder) => {
      await holder.$executeRaw`LOCK TABLE "Client"`;
      return await errorOf(
        database.prisma.$transaction(async (tx) => {
          await tx.$executeRaw`SET LOCAL lock_timeout = 20`;
          await tx.client.findFirst();
        }),
      );
    });
    expect(isUnavailable(error), String(error)).toBe(true);
  });

  it('a read-only server, such as a replica', async () => {
    const error = await errorOf(
      database.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SET TRANSACTION READ ONLY`;
        await tx.client.create({ data: { username: 'read only' } });
      }),
    );
    expect([isReadOnly(error), isUnavailable(error), isDiskFull(error)], String(error)).toEqual([true, true, false]);
  });

  it('a server without disk space', async () => {
    const error = await errorOf(
      database.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SET LOCAL temp_file_limit = 64`;
        await tx.$executeRaw`SET LOCAL work_mem = 64`;
        await tx.$queryRaw`SELECT count(*)::int FROM generate_series(1, 20000)`;
      }),
    );
    expect([isDiskFull(error), isUnavailable(error), isReadOnly(error)], String(error)).toEqual([true, true, false]);
  });

  it('a server without free connections', async () => {
    const crowded = openDatabase({ url, applicationName: 'crowded', poolSize: 1 });
    const error = await crowded.prisma.$transaction(async () => await errorOf(crowded.prisma.$queryRaw`SELECT 1`));
    expect(isUnavailable(error), String(error)).toBe(true);
    await crowded.close();
  });
});

describe('is not unavailable', () => {
  it('a unique violation, by Prisma or in SQL', async () => {
    const data = { name: 'Olga', email: 'olga@example.org' };
    await database.prisma.user.create({ data });
    const errors = [
      await errorOf(database.prisma.user.create({ data })),
      await errorOf(database.prisma.$executeRaw`INSERT INTO "User" (name, email, "updatedAt") VALUES ('x', 'olga@example.org', now())`),
    ];
    for (const error of errors) {
      expect(isUniqueViolation(error), String(error)).toBe(true);
      expect(isUnavailable(error)).toBe(false);
      expect(isTransactionConflict(error)).toBe(false);
      expect(isInvalidData(error)).toBe(false);
    }
  });

  it('a value that can’t be stored', async () => {
    const errors = [
      await errorOf(database.prisma.$queryRaw`SELECT ${'a\u0000b'}::text`),
      await errorOf(database.prisma.$queryRaw`SELECT ${'x'}::int`),
      await errorOf(database.prisma.client.create({ data: { username: 'a\u0000b' } })),
    ];
    for (const error of errors) {
      expect(isInvalidData(error), String(error)).toBe(true);
      expect(isUnavailable(error)).toBe(false);
    }
  });

  it('an exhausted sequence or another bug that no other value would fix', async () => {
    await database.prisma.$executeRaw`CREATE SEQUENCE short START 2 MAXVALUE 2`;
    await database.prisma.$executeRaw`SELECT nextval('short')`;
    const errors = [
      await errorOf(database.prisma.$queryRaw`SELECT nextval('short')`),
      await errorOf(database.prisma.$queryRaw`SELECT 1 / 0`),
      await errorOf(database.prisma.$queryRaw`SELECT substring('a' FROM 1 FOR -1)`),
    ];
    for (const error of errors) {
      expect(isInvalidData(error), String(error)).toBe(false);
      expect(isUnavailable(error)).toBe(false);
    }
  });

  it('a programming error, whatever its message says', async () => {
    const wrong: object = { username: 'ECONNREFUSED', nonsense: 1 };
    const errors = [
      await errorOf(database.prisma.$queryRaw`SELECT * FROM "Nobody"`),
      await errorOf(database.prisma.client.create({ data: wrong as { username: string } })),
      new TypeError('x is not a function'),
      'ECONNREFUSED',
      undefined,
    ];
    for (const error of errors) expect(isUnavailable(error), String(error)).toBe(false);
  });
});
