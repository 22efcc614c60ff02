import type { Database, Prisma, Transaction } from '@switchboard/database';

/** The database, with every statement of the transactions that save messages added to `statements`. */
export function recordedSaves(db: Database, statements: Prisma.Sql[]): Database {
  return Object.assign(Object.create(db) as Database, {
    transact: async <T>(work: (tx: Transaction) => Promise<T>) =>
      await db.transact(async (tx) => {
        const recorded = (send: 'query' | 'commit') => async (statement: Prisma.Sql) => {
          statements.push(statement);
          return await tx[send](statement);
        };
        return await work({ query: recorded('query'), commit: recorded('commit') } as Transaction);
      }),
  });
}
