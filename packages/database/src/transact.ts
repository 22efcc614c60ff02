import type pg from 'pg';

import { Batch, type Answer } from './batch.ts';
import { Prisma } from './generated/client.ts';

/** A transaction of a few frequent statements. They are written with `Prisma.sql` but sent without Prisma. */
export interface Transaction {
  /** Resolves with the statement's rows. Calls in the same tick share one round trip. */
  query<Row extends pg.QueryResultRow>(statement: Prisma.Sql): Promise<Row[]>;
  /** Runs the last statement and commits in the same round trip. Resolves with the statement's rows after the commit. */
  commit<Row extends pg.QueryResultRow>(statement: Prisma.Sql): Promise<Row[]>;
}

const BEGIN = Prisma.sql`BEGIN`;
const COMMIT = Prisma.sql`COMMIT`;
const ROLLBACK = Prisma.sql`ROLLBACK`;

/**
 * Runs `work` in a transaction on a connection of `pool`. It is committed when this resolves and rolled back when this rejects, unless the connection broke
 * during the commit.
 *
 * @param withinMs the timeout; after it, the transaction fails as unavailable
 */
export async function transact<T>(pool: pg.Pool, withinMs: number, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const start = performance.now();
  const client = await pool.connect();
  const limit = setTimeout(() => client.connection.stream.destroy(), withinMs - (performance.now() - start));
  const send = sender(client);
  let committed = false;
  const commit = async (...statements: Prisma.Sql[]) => {
    committed = true;
    const answers = await Promise.all([...statements, COMMIT].map(send));
    const command = answers.at(-1)?.command;
    // PostgreSQL answers COMMIT with ROLLBACK when an earlier statement failed.
    if (command !== 'COMMIT') throw new Error(`The transaction ended with ${command}.`);
    return answers[0]?.rows ?? [];
  };
  const query = async (statement: Prisma.Sql) => (await send(statement)).rows;
  let broken = false;
  try {
    // BEGIN shares a round trip with the first statement. Wait for both, so that the connection is not released while `work` still uses it.
    const [begun, worked] = await Promise.allSettled([send(BEGIN), work({ query, commit } as Transaction)]);
    if (begun.status === 'rejected') throw begun.reason;
    if (worked.status === 'rejected') throw worked.reason;
    if (!committed) await commit();
    return worked.value;
  } catch (error) {
    broken = await send(ROLLBACK).then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    clearTimeout(limit);
    client.release(broken);
  }
}

/** Sends all statements of one tick as one batch. */
function sender(client: pg.PoolClient): (statement: Prisma.Sql) => Promise<Answer> {
  let gathered: Prisma.Sql[] = [];
  let answers: Promise<Answer[]> | undefined;
  const sendGathered = async () => {
    await Promise.resolve();
    const statements = gathered;
    [gathered, answers] = [[], undefined];
    const batch = client.query(new Batch(statements));
    return await batch.answers;
  };
  return async (statement) => {
    const index = gathered.push(statement) - 1;
    answers ??= sendGathered();
    return (await answers)[index] as Answer;
  };
}
