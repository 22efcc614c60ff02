import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrate, migrationsFolder, openDatabase, type Database } from '@switchboard/database';
import { ensureDatabase, startCluster } from '@switchboard/database/embedded';

/** The settings with which a commit survives a power failure. */
export const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' } as const;

/**
 * Runs `work` with an empty database, and its URL, on a new PostgreSQL server that is configured as in production, and removes both afterwards.
 *
 * @throws Error when a commit would not be durable, because the figures would be meaningless
 */
export async function withDurableDatabase<T>(poolSize: number, work: (database: Database, url: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
  await chmod(folder, 0o755); // PostgreSQL may run as another user than we do.
  const cluster = await startCluster({ dataFolder: join(folder, 'postgres'), password: 'bench' });
  try {
    await ensureDatabase(cluster.url('postgres'), 'bench');
    await migrate(cluster.url('bench'), migrationsFolder());
    const database = openDatabase({ url: cluster.url('bench'), applicationName: 'switchboard-bench', poolSize });
    try {
      await requireDurable(database);
      return await work(database, cluster.url('bench'));
    } finally {
      await database.close();
    }
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function requireDurable(database: Database): Promise<void> {
  for (const [setting, wanted] of Object.entries(DURABLE)) {
    const [row] = await database.prisma.$queryRaw<{ value: string }[]>`SELECT current_setting(${setting}) AS value`;
    if (row?.value !== wanted) throw new Error(`${setting} is ${row?.value}, and must be ${wanted} for a commit to be durable.`);
  }
}
