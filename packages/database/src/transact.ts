import type pg from 'pg';

import { Batch, type Answer } from './batch.ts';
import { Prisma } from './generated/client.ts';

/** A transaction of few and hot statements, which go to the server as they are: `Prisma.sql` writes them, Prisma does not run them. */
export interface Transaction {
  /** Resolves with the statement's rows. Statements that are asked for at once, without waiting in between, cost one round trip together. */
  query<Row extends pg.QueryResultRow>(statement: Prisma.Sql): Promise<Row[]>;
  /** The last statement, and the commit in the same round trip. Resolves with the statement's rows when they are committed. */
  commit<Row extends pg.QueryResultRow>(statement: Prisma.Sql): Promise<Row[]>;
}

const BEGIN = Prisma.sql`BEGIN`;
const COMMIT = Prisma.sql`COMMIT`;
const ROLLBACK = Prisma.sql`ROLLBACK`;

/**
 * Runs `work` in a transaction on a connection of `pool`. Committed when it resolves; when it rejects, rolled back, unless the connection broke during
 * the commit.
 *
 * @param withinMs how long it may take in all; then it fails as unavailable
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
    // So a COMMIT is answered when a statement before it has failed.
    if (command !== 'COMMIT') throw new Error(`The transaction ended with ${command}.`);
    return answers[0]?.rows ?? [];
  };
  const query = async (statement: Prisma.Sql) => (await send(statement)).rows;
  let broken = false;
  try {
    // BEGIN goes with what the work asks for first. Both are waited for: the connection is not given back under the work's hands.
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

/** Sends what is given to it in one turn as one batch. */
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
