import pg from 'pg';

import type { Prisma } from '../generated/client.ts';

/** Runs statements that fill a test's database, one after the other, on a connection without the product's timeouts, because the machine may be busy. */
export async function seed(url: string, statements: readonly Prisma.Sql[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const { text, values } of statements) await client.query(text, values);
  } finally {
    await client.end();
  }
}
