import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase, type Database } from './database.ts';
import { isUniqueViolation } from './error-codes.ts';
import { Prisma } from './generated/client.ts';
import { createTestDatabase, Wire } from './testing/index.ts';
import { QuietClock } from './testing/quiet-clock.ts';
import { isUnavailable } from './unavailable.ts';

let direct: Database;
let wire: Wire;
let database: Database;

beforeAll(async () => {
  const made = await createTestDatabase();
  direct = made.database;
  wire = await Wire.open(made.url);
  database = openDatabase({ url: wire.url, applicationName: 'wired' });
});
afterEach(() => wire.thaw());
afterAll(async () => {
  await database.close();
  await wire.close();
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
  it('gives values to the server and back as they are', async () => {
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

  it('answers each of the statements that were asked for at once', async () => {
    const answers = await database.transact(
      async (tx) =>
        await Promise.all([1, 2, 3].map(async (n) => await tx.query(Prisma.sql`SELECT ${n}::int AS n FROM generate_series(1, ${n}::int)`))),
    );
    expect(answers).toEqual([[{ n: 1 }], [{ n: 2 }, { n: 2 }], [{ n: 3 }, { n: 3 }, { n: 3 }]]);
  });

  it('is committed when it resolves, with or without being told', async () => {
    const [row] = await database.transact(async (tx) => await tx.commit<{ username: string }>(insert('told')));
    expect(row?.username).toBe('told');
    await database.transact(async (tx) => await tx.query(insert('untold')));
    expect([await count('told'), await count('untold')]).toEqual([1, 1]);
  });

  it('is rolled back when the work fails, a statement fails, or a failed statement is not minded', async () => {
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

  it('that fails leaves its connection in order, whatever it had not prepared yet', async () => {
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

  it('never reads a whole table, however small it was when the statement was prepared', async () => {
    expect(await database.transact(async (tx) => await tx.query(Prisma.sql`SHOW enable_seqscan`))).toEqual([{ enable_seqscan: 'off' }]);
  });
});

describe('a server that does not answer', () => {
  it('makes it fail as unavailable when its time is over, and the next one works', async () => {
    const clock = new QuietClock();
    const stuck = database.transact(async (tx) => {
      await tx.query(insert('stuck'));
      wire.freeze();
      await tx.commit(insert('stuck'));
    }, 500);
    expect(isUnavailable(await errorOf(stuck))).toBe(true);
    expect(clock.now()).toBeLessThan(2_000);
    clock.close();
    wire.cut();
    wire.thaw();
    await database.transact(async (tx) => await tx.commit(insert('alive')));
    expect([await count('stuck'), await count('alive')]).toEqual([0, 1]);
    expect(database.poolState()).toMatchObject({ waiting: 0 });
  });

  it('makes it fail as unavailable when no connection is to be had', async () => {
    const fresh = openDatabase({ url: wire.url, applicationName: 'fresh' });
    wire.freeze();
    expect(isUnavailable(await errorOf(fresh.transact(async (tx) => await tx.query(Prisma.sql`SELECT 1`))))).toBe(true);
    await fresh.close();
  });

  it('that goes away in between is unavailable, too, and its connection is not used again', async () => {
    const cut = database.transact(async (tx) => {
      await tx.query(insert('cut'));
      await tx.query(Prisma.sql`SELECT pg_terminate_backend(pg_backend_pid())`);
    });
    expect(isUnavailable(await errorOf(cut))).toBe(true);
    await database.transact(async (tx) => await tx.commit(insert('after')));
    expect([await count('cut'), await count('after')]).toEqual([0, 1]);
  });
});
