import type pg from 'pg';

/** Called with the duration of a query or transaction, successful or not, in seconds, including the wait for a connection. */
export type TimeListener = (what: 'query' | 'transaction', seconds: number) => void;

type Query = (...args: unknown[]) => unknown;

/** Reports the queries of a pool: those that the pool runs, and those on clients that were checked out for a transaction. */
export function timeQueries(pool: pg.Pool, onTime: TimeListener): void {
  timeQueriesOf(pool, onTime);
  pool.on('connect', (client) => timeQueriesOf(client, onTime));
}

/** Measures queries that return a promise. (A pool calls its clients with a callback; those queries are measured at the pool.) */
function timeQueriesOf(target: pg.Pool | pg.PoolClient, onTime: TimeListener): void {
  const query = target.query.bind(target) as Query;
  // The overloads of `query` can't be repeated here: arguments and result are passed through.
  (target as { query: Query }).query = (...args) => {
    const began = performance.now();
    const answer = query(...args);
    if (answer instanceof Promise) void whenSettled(answer, () => onTime('query', (performance.now() - began) / 1_000));
    return answer;
  };
}

/** Runs `work` and reports its duration. */
export async function timed<T>(what: Parameters<TimeListener>[0], onTime: TimeListener, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    onTime(what, (performance.now() - began) / 1_000);
  }
}

/** Errors are left to the caller of the query. */
async function whenSettled(answer: Promise<unknown>, then: () => void): Promise<void> {
  await Promise.allSettled([answer]);
  then();
}
