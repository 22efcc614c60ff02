import { randomBytes } from 'node:crypto';
import { cp, mkdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type pg from 'pg';

import { ensureDatabase, startCluster } from '../embedded/index.ts';
import { undefinedIfMissing } from '../embedded/if-missing.ts';
import { migrate } from '../migrations/migrate.ts';
import { withConnection } from './connect.ts';
import { fillTables, rowsOfFile } from './fill.ts';
import type { Verified } from './read.ts';

const DATABASE = 'restore';

interface StageOptions {
  readonly file: string;
  readonly backup: Verified;
  /** The folder of this version's migrations. */
  readonly migrations: string;
  /** The path of a temporary folder, which is removed afterwards. */
  readonly scratch: string;
}

/**
 * Migrates an older backup to this version's schema in a temporary PostgreSQL that lives as long as `use` runs: it applies the backup's migrations, loads its
 * rows, and applies the later migrations. So every migration processes the rows as it would in a running system, and the restored database gets only the
 * result.
 */
export async function withStagedBackup<T>(
  { file, backup, migrations, scratch }: StageOptions,
  use: (client: pg.Client, leftOut: readonly string[]) => Promise<T>,
): Promise<T> {
  await removeStage(scratch);
  await mkdir(scratch, { recursive: true, mode: 0o755 });
  const { manifest, end } = backup;
  try {
    const older = join(scratch, 'migrations');
    await copyMigrations(migrations, older, manifest.migrations);
    const cluster = await startCluster({ dataFolder: clusterIn(scratch), password: randomBytes(32).toString('base64url'), durable: false });
    try {
      await ensureDatabase(cluster.url('postgres'), DATABASE);
      const url = cluster.url(DATABASE);
      await migrate(url, older);
      const leftOut = await withConnection(url, async (client) => {
        await client.query('BEGIN');
        const columns = await fillTables(client, rowsOfFile(file, manifest), end.rows);
        await client.query('COMMIT');
        return columns;
      });
      await migrate(url, migrations);
      return await withConnection(url, async (client) => await use(client, leftOut));
    } finally {
      await cluster.stop();
    }
  } finally {
    await removeStage(scratch);
  }
}

const clusterIn = (scratch: string) => join(scratch, 'postgres');

/** Removes the temporary cluster, also that of a killed restore. Its files may be elsewhere, behind a link (see resolveDataFolder). */
async function removeStage(scratch: string): Promise<void> {
  const folder = clusterIn(scratch);
  const files = await realpath(folder).catch(undefinedIfMissing);
  if (files !== undefined && dirname(files) !== (await realpath(scratch))) await rm(dirname(files), { recursive: true, force: true });
  await rm(scratch, { recursive: true, force: true });
}

async function copyMigrations(from: string, to: string, names: readonly string[]): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of ['migration_lock.toml', ...names]) await cp(join(from, name), join(to, name), { recursive: true });
}
