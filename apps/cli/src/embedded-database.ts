import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';

import { type Cluster, type ClusterOptions, clusterUrl, findRunningServer, startCluster } from '@switchboard/database/embedded';

import { codeOf, UserError, explainDiskError } from './standalone/user-error.mjs';
import { type DataDir, readJson, writeAtomically } from './data-dir.ts';
import { isFree } from './ports.ts';

/** The database's name in the embedded PostgreSQL. */
export const DATABASE_NAME = 'switchboard';

/** The PostgreSQL server that currently runs on the data folder's cluster, no matter which process started it. */
export async function runningPostgres(dataDir: DataDir): Promise<{ readonly port: number } | undefined> {
  try {
    return await findRunningServer(await realpath(dataDir.postgres));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined; // No cluster was ever created.
    throw error;
  }
}

async function rememberedPort(dataDir: DataDir): Promise<number | undefined> {
  const known = await readJson(dataDir.database);
  if (typeof known !== 'object' || known === null || !('port' in known) || typeof known.port !== 'number') return undefined;
  // A server that a killed run left behind may hold the port: starting ends it first.
  if ((await runningPostgres(dataDir))?.port === known.port) return known.port;
  return (await isFree(known.port)) ? known.port : undefined;
}

/**
 * Starts PostgreSQL on the data folder, on its previous port if that is free.
 *
 * @param port the port that it must use, when it is restarted and other processes know the port
 * @throws UserError when it does not start
 */
export async function startPostgres(
  dataDir: DataDir,
  password: string,
  { port, ...options }: Pick<ClusterOptions, 'onLog' | 'onProgress' | 'signal'> & { readonly port?: number | undefined },
): Promise<Cluster> {
  // The folder was removed while the system was running. A new, empty database in its place would hide the loss.
  if (port !== undefined && !existsSync(join(dataDir.postgres, 'PG_VERSION'))) throw new UserError(`${dataDir.postgres} is gone`);
  const wanted = port ?? (await rememberedPort(dataDir));
  let cluster: Cluster;
  try {
    cluster = await startCluster({ dataFolder: dataDir.postgres, password, ...options, ...(wanted === undefined ? {} : { port: wanted }) });
  } catch (error) {
    const explained = explainDiskError(error, dataDir.postgres);
    if (explained instanceof UserError || !(error instanceof Error)) throw explained;
    throw new UserError(error.message.replaceAll('\n', ' '), { cause: error });
  }
  await writeAtomically(dataDir.database, `${JSON.stringify({ port: cluster.port })}\n`);
  return cluster;
}

/** The URL of Switchboard's database in the cluster. */
export function databaseUrl(port: number, password: string): string {
  return clusterUrl(port, password, DATABASE_NAME);
}
