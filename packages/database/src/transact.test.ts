import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase, type Database } from './database.ts';
import { isUniqueViolation } from './error-codes.ts';
import { Prisma } from './generated/client.ts';
import { createTestDatabase, FaultyProxy } from './testing/index.ts';
import { QuietClock } from './testing/quiet-clock.ts';
import { isUnavailable } from './unavailable.ts';

let direct: Database;
let proxy: FaultyProxy;
let database: Database;

beforeAll(async () => {
  const made = await createTestDatabase();
  direct = made.database;
  proxy = await FaultyProxy.open(made.url);
  database = openDatabase({ url: proxy.url, applicationName: 'wired' });
});
afterEach(() => proxy.thaw());
afterAll(async () => {
  await database.close();
  await proxy.close();
  await direct.close();
});

const insert = (username: string) =>
  Prisma.sql`INSERT INTO "Client" (username, "updatedAt") VALUES (${username}, now()) RETURNING id, username`;
const take = (id: number) => Prisma.sql`INSERT INTO "Client" (id, username, "updatedAt") VALUES (${id}::int, 'again', now())`;
const count = async (username: string) => await direct.prisma.client.count({ where: { username } });
const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'resolved',
    (error: unknown) => error,
  );

describe('a transaction', () => {
  it('sends values to the server and back unchanged', async () => {
    const texts = ['plain', `a "b" \\ {c,d} 'e' $1`, 'NULL', '', 'ü 漢 🙂\r\n\t', null];
    const [row] = await database.transact(
      async (tx) =>
        await tx.query(Prisma.sql`
        SELECT ${texts}::text[] AS texts, ${[1, -2, null]}::int[] AS ints, ${[true, false]}::boolean[] AS flags, ${'a\\"b'}::text AS text, ${7}::int AS int,
          ${null}::text AS none, ${'2026-01-02T03:04:05.678Z'}::timestamptz AS at, ${['2026-01-02T03:04:05.678Z']}::timestamptz[] AS ats`),
    );
    const at = new Date('2026-01-02T03:04:05.678Z');
    expect(row).toEqual({ texts, ints: [1, -2, null], flags: [true, false], text: 'a\\"b', int: 7, none: null, at, ats: [at] });
    const odd = database.transact(async (tx) => await tx.query(Prisma.sql`SELECT ${{ a: 1 }}::text`));
    expect(await errorOf(odd)).toBeInstanceOf(TypeError);
  });

  it('answers each of several concurrent statements', async () => {
    const answers = await database.transact(
      async (tx) =>
        await Promise.all([1, 2, 3].map(async (n) => await tx.query(Prisma.sql`SELECT ${n}::int AS n FROM generate_series(1, ${n}::int)`))),
    );
    expect(answers).toEqual([[{ n: 1 }], [{ n: 2 }, { n: 2 }], [{ n: 3 }, { n: 3 }, { n: 3 }]]);
  });

  it('is committed when it resolves, with or without an explicit commit', async () => {
    const [row] = await database.transact(async (tx) => await tx.commit<{ username: string }>(insert('explicit')));
    expect(row?.username).toBe('explicit');
    await database.transact(async (tx) => await tx.query(insert('implicit')));
    expect([await count('explicit'), await count('implicit')]).toEqual([1, 1]);
  });

  it('is rolled back when the work fails, a statement fails, or a failed statement is ignored', async () => {
    const { id } = await direct.prisma.client.create({ data: { username: 'first' } });
    const failing = database.transact(async (tx) => {
      await tx.query(insert('never'));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const violating = database.transact(async (tx) => await Promise.all([tx.query(insert('never')), tx.commit(take(id))]));
    expect(isUniqueViolation(await errorOf(violating))).toBe(true);
    const careless = database.transact(async (tx) => {
      await tx.query(insert('never'));
      await errorOf(tx.query(take(id)));
    });
    await expect(careless).rejects.toThrow('ROLLBACK');
    expect(await count('never')).toBe(0);
  });

  it('that fails leaves its connection usable, whichever statements were not prepared yet', async () => {
    const pid = Prisma.sql`SELECT pg_backend_pid() AS pid`;
    const before = await database.transact(async (tx) => await tx.query(pid));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const failing = database.transact(
        async (tx) =>
          await Promise.all([tx.query(Prisma.sql`SELECT 1 / ${0}::int`), tx.query(Prisma.sql`SELECT 'behind a failure' AS said`)]),
      );
      expect(await errorOf(failing)).toMatchObject({ code: '22012' });
    }
    const after = await database.transact(
      async (tx) => await Promise.all([tx.query(pid), tx.query(Prisma.sql`SELECT 'behind a failure' AS said`)]),
    );
    expect(after).toEqual([before, [{ said: 'behind a failure' }]]);
  });

  it('never uses a sequential scan, however small the table was when the statement was prepared', async () => {
    expect(await database.transact(async (tx) => await tx.query(Prisma.sql`SHOW enable_seqscan`))).toEqual([{ enable_seqscan: 'off' }]);
  });
});

describe('a server that does not answer', () => {
  it('makes it fail as unavailable after its timeout, and the next one works', async () => {
    const clock = new QuietClock();
    const stuck = database.transact(async (tx) => {
      await tx.query(insert('stuck'));
      proxy.freeze();
      await tx.commit(insert('stuck'));
    }, 500);
    expect(isUnavailable(await errorOf(stuck))).toBe(true);
    expect(clock.now()).toBeLessThan(2_000);
    clock.close();
    proxy.cut();
    proxy.thaw();
    await database.transact(async (tx) => await tx.commit(insert('alive')));
    expect([await count('stuck'), await count('alive')]).toEqual([0, 1]);
    expect(database.poolState()).toMatchObject({ waiting: 0 });
  });

  it('makes it fail as unavailable when no connection is available', async () => {
    const fresh = openDatabase({ url: proxy.url, applicationName: 'fresh' });
    proxy.freeze();
    expect(isUnavailable(await errorOf(fresh.transact(async (tx) => await tx.query(Prisma.sql`SELECT 1`))))).toBe(true);
    await fresh.close();
  });

  it('that closes the connection makes it fail as unavailable, and the connection is not reused', async () => {
    const cut = database.transact(async (tx) => {
      await tx.query(insert('cut'));
      await tx.query(Prisma.sql`SELECT pg_terminate_backend(pg_backend_pid())`);
    });
    expect(isUnavailable(await errorOf(cut))).toBe(true);
    await database.transact(async (tx) => await tx.commit(insert('after')));
    expect([await count('cut'), await count('after')]).toEqual([0, 1]);
  });
});
