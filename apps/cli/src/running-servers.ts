import { APPLICATION_NAMES } from '@switchboard/config';
import type { Database } from '@switchboard/database';

import { lockHolder } from './standalone/lock-file.mjs';
import type { Config } from './config.ts';
import { dataDirAt } from './data-dir.ts';

const TIMEOUT_MS = 2_000;

/**
 * Evidence that servers of this installation run, as a clause: a database connection of the web app, a start on the data folder, or a web app on this
 * machine. Undefined when there is none.
 */
export async function signOfServers(config: Config, database: Pick<Database, 'prisma'>): Promise<string | undefined> {
  return startOnDataDir(config) ?? (await webAppOnDatabase(database)) ?? (await webAppHere(config.localWebUrl));
}

function startOnDataDir(config: Config): string | undefined {
  const holder = lockHolder(dataDirAt(config.dataDir).lock);
  return holder?.note.startsWith('start') === true ? `Switchboard runs on ${config.dataDir} (process ${holder.pid})` : undefined;
}

async function webAppOnDatabase({ prisma }: Pick<Database, 'prisma'>): Promise<string | undefined> {
  const [row] = await prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = ${APPLICATION_NAMES.web}`;
  const count = row?.count ?? 0;
  return count > 0 ? `a web app has ${count} ${count === 1 ? 'connection' : 'connections'} to this database` : undefined;
}

async function webAppHere(url: string): Promise<string | undefined> {
  return (await isSwitchboard(url)) ? `a web app of Switchboard answers at ${url}` : undefined;
}

/** Whether a web app or relay of any Switchboard installation answers at this address. */
export async function isSwitchboard(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' });
    const body: unknown = await response.json();
    return response.status === 200 && typeof body === 'object' && body !== null && 'ok' in body && body.ok === true;
  } catch {
    // Nothing listens there, or it is another program.
    return false;
  }
}
