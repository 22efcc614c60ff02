import type pg from 'pg';

/** Told how long the database took, in seconds, whether it did what it was asked or not; the wait for a connection is part of it. */
export type TimeListener = (what: 'query' | 'transaction', seconds: number) => void;

type Query = (...args: unknown[]) => unknown;

/** Tells of the pool's queries: those that it finds a connection for, and those of whoever has taken one for a transaction. */
export function timeQueries(pool: pg.Pool, tell: TimeListener): void {
  timeQueriesOf(pool, tell);
  pool.on('connect', (client) => timeQueriesOf(client, tell));
}

/** Those that are answered by a promise. (A pool asks its connections with a callback: that query is measured at the pool.) */
function timeQueriesOf(asked: pg.Pool | pg.PoolClient, tell: TimeListener): void {
  const query = asked.query.bind(asked) as Query;
  // The many overloads of `query` can't be written once more: arguments and answer pass through as they are.
  (asked as { query: Query }).query = (...args) => {
    const began = performance.now();
    const answer = query(...args);
    if (answer instanceof Promise) void whenSettled(answer, () => tell('query', (performance.now() - began) / 1_000));
    return answer;
  };
}

/** Runs `work` and tells how long it took. */
export async function timed<T>(what: Parameters<TimeListener>[0], tell: TimeListener, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    tell(what, (performance.now() - began) / 1_000);
  }
}

/** Whoever asked hears of errors. */
async function whenSettled(answer: Promise<unknown>, then: () => void): Promise<void> {
  await Promise.allSettled([answer]);
  then();
}
