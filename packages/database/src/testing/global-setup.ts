import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { ensureDatabase, startCluster } from '../embedded/index.ts';
import { migrationsFolder } from '../migrations/folder.ts';
import { migrate } from '../migrations/migrate.ts';
import { TEMPLATE } from './test-database.ts';

/** Starts a real PostgreSQL for the whole test run, in a temporary folder, with a migrated template that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-test-'));
  await chmod(folder, 0o755); // The server may run as another user.
  const cluster = await startCluster({ dataFolder: join(folder, 'postgres'), password: 'test', durable: false });
  await ensureDatabase(cluster.url('postgres'), TEMPLATE);
  await migrate(cluster.url(TEMPLATE), migrationsFolder());
  project.provide('databaseServer', cluster.url('postgres'));
  return async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
