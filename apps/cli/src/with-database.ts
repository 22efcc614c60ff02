import { setTimeout as delay } from 'node:timers/promises';

import { ensureDatabase } from '@switchboard/database/embedded';

import { UserError } from './standalone/user-error.mjs';
import type { Config } from './config.ts';
import { type DataDir, openDataDir } from './data-dir.ts';
import { lockDataDir, type Purpose } from './data-lock.ts';
import { DATABASE_NAME, databaseUrl, runningPostgres, startPostgres } from './embedded-database.ts';
import { readSecrets, ensureSecrets } from './secrets.ts';

/** How long a start in progress may take to start its database, in milliseconds. */
const STARTING_MS = 60_000;

/**
 * Runs `use` with the URL of the database that `start` uses: that of DATABASE_URL, the embedded one of a running start, or the embedded one, which is started for
 * this purpose and stopped afterwards.
 */
export async function withDatabaseUrl<T>(config: Config, purpose: Purpose, use: (url: string) => Promise<T>): Promise<T> {
  if (config.databaseUrl !== undefined) return await use(config.databaseUrl);
  const dataDir = await openDataDir(config.dataDir);
  const lock = await lockDataDir(dataDir, purpose);
  if ('holder' in lock) {
    if (lock.holder.purpose !== 'start')
      throw new UserError(`Switchboard runs with a DATABASE_URL (process ${lock.holder.pid}): give this command the same DATABASE_URL.`);
    return await use(await urlOfRunning(dataDir));
  }
  try {
    const { databasePassword } = await ensureSecrets(dataDir);
    const cluster = await startPostgres(dataDir, databasePassword, { onProgress: (line) => console.error(line) });
    try {
      await ensureDatabase(cluster.url('postgres'), DATABASE_NAME);
      return await use(databaseUrl(cluster.port, databasePassword));
    } finally {
      await cluster.stop();
    }
  } finally {
    lock.release();
  }
}

/** The URL of the database that a running start has started or is starting. */
async function urlOfRunning(dataDir: DataDir): Promise<string> {
  for (const end = Date.now() + STARTING_MS; ; await delay(100)) {
    const server = await runningPostgres(dataDir);
    const secrets = await readSecrets(dataDir);
    if (server !== undefined && secrets !== undefined) return databaseUrl(server.port, secrets.databasePassword);
    if (Date.now() > end) throw new UserError('Switchboard is running, but its database is not; see the logs in the data folder.');
  }
}
