import pg from 'pg';

import type { Prisma } from '../generated/client.ts';

/** Runs statements that fill a test's database, one after the other, on a connection without the time limits of the product: a busy machine may take its time. */
export async function seed(url: string, statements: readonly Prisma.Sql[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const { text, values } of statements) await client.query(text, values);
  } finally {
    await client.end();
  }
}
