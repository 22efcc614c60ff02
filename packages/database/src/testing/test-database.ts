import { randomUUID } from 'node:crypto';

import { inject } from 'vitest';

import { openDatabase, type Database } from '../database.ts';
import { ensureDatabase } from '../embedded/ensure-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the test run's PostgreSQL server. */
    databaseServer: string;
  }
}

export const TEMPLATE = 'switchboard_template';

/** Creates a database for a test file on the test run's server, with all tables, empty. Close it in `afterAll`; it is deleted with the server. */
export async function createTestDatabase(): Promise<{ database: Database; url: string }> {
  const server = inject('databaseServer');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await ensureDatabase(server, name, TEMPLATE);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { database: openDatabase({ url: url.href, applicationName: 'switchboard-test', poolSize: 8 }), url: url.href };
}
