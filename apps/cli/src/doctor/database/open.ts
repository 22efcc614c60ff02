import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { APPLICATION_NAMES } from '@switchboard/config';
import { type Database, DatabaseUrlError, openDatabase, parseDatabaseUrl } from '@switchboard/database';

import { codeOf, UserError, explainDiskError } from '../../standalone/user-error.mjs';
import { takeLock } from '../../standalone/lock-file.mjs';
import { signOfAnother } from '../../chosen-database.ts';
import type { Config } from '../../config.ts';
import type { DataDir } from '../../data-dir.ts';
import { databaseUrl, runningPostgres, startPostgres } from '../../embedded-database.ts';
import { explainDisk } from '../disk.ts';
import type { Facts } from '../facts.ts';
import { fail, type Outcome, skip } from '../outcome.ts';

/** The database that `start` uses, or the reason why it can't be opened. */
export type Opened =
  | {
      readonly state: 'open';
      readonly database: Database;
      readonly url: string;
      /** Its name in messages, without user and password. */
      readonly name: string;
      /** What to do when it does not answer. */
      readonly adviceWhenDown: string;
      close(): Promise<void>;
    }
  | { readonly state: 'closed'; readonly outcome: Outcome; close(): Promise<void> };

const nothing = async () => await Promise.resolve();
const closed = (outcome: Outcome): Opened => ({ state: 'closed', outcome, close: nothing });

/**
 * Opens the database of DATABASE_URL, or the embedded one: that of a running start, or the one in the data folder, which is started for the checks and stopped by
 * `close`. Creates nothing, and runs no query yet.
 */
export async function openForChecks({ config, dataDir, secrets }: Pick<Facts, 'config' | 'dataDir' | 'secrets'>): Promise<Opened> {
  if (config.databaseUrl !== undefined) {
    try {
      const { name } = parseDatabaseUrl(config.databaseUrl);
      return open(config.databaseUrl, name, 'Start PostgreSQL there, or correct DATABASE_URL.');
    } catch (error) {
      if (!(error instanceof DatabaseUrlError)) throw error;
      return closed(fail(error.message.replace(/\.$/, ''), 'Correct it in the environment or in .env.'));
    }
  }
  try {
    return await openEmbedded(config, dataDir, secrets);
  } catch (error) {
    const explained = explainDiskError(error, dataDir.path);
    if (!(explained instanceof UserError)) throw error;
    return closed(explainDisk(explained, dataDir.path));
  }
}

function open(url: string, name: string, adviceWhenDown: string, afterwards = nothing): Opened {
  const database = openDatabase({ url, applicationName: APPLICATION_NAMES.doctor, poolSize: 4 });
  return {
    state: 'open',
    database,
    url,
    name,
    adviceWhenDown,
    async close() {
      await database.close();
      await afterwards();
    },
  };
}

async function openEmbedded(config: Config, dataDir: DataDir, secrets: Facts['secrets']): Promise<Opened> {
  if (!(await exists(dataDir))) {
    const sign = await signOfAnother(config);
    if (sign === undefined) return closed(skip('there is none yet; the first npm start creates it'));
    const advice =
      'This command lacks the servers’ settings: run it with deploy/systemd/switchboard, or give it their DATA_DIR or DATABASE_URL.';
    return closed(fail(`there is none in ${dataDir.path}, and ${sign}`, advice));
  }
  const log = join(dataDir.logs, 'database.log');
  if (secrets === undefined)
    return closed(
      fail(
        `${dataDir.secrets} is missing, and without it the database can't be opened`,
        'See "When only secrets.json is lost" in docs/backup.md.',
      ),
    );
  if (secrets instanceof UserError) return closed(skip(secrets.message.replace(/\.$/, '')));
  const lock = await takeLock(dataDir.lock, 'doctor');
  if ('holder' in lock) return await openRunning(dataDir, secrets.databasePassword, lock.holder);
  try {
    const cluster = await startPostgres(dataDir, secrets.databasePassword, { onLog: () => undefined });
    return open(
      databaseUrl(cluster.port, secrets.databasePassword),
      'the embedded one, started for this check',
      `See ${log}.`,
      async () => {
        await cluster.stop();
        lock.release();
      },
    );
  } catch (error) {
    lock.release();
    if (!(error instanceof UserError)) throw error;
    return closed(fail(error.message.replace(/\.$/, ''), `See ${log}.`));
  }
}

async function openRunning(
  dataDir: DataDir,
  password: string,
  { pid, note }: { readonly pid: number; readonly note: string },
): Promise<Opened> {
  if (note === 'start with DATABASE_URL')
    return closed(
      fail(`Switchboard runs with a DATABASE_URL (process ${pid}) that this command does not have`, 'Give this command the same one.'),
    );
  if (note !== 'start') return closed(skip(`"${note}" (process ${pid}) is using it; try again`));
  const log = join(dataDir.logs, 'database.log');
  const server = await runningPostgres(dataDir);
  if (server === undefined)
    return closed(fail(`Switchboard runs (process ${pid}) without its database`, `If it was not started just now, see ${log}.`));
  return open(databaseUrl(server.port, password), `the embedded one, port ${server.port}`, `See ${log}.`);
}

async function exists(dataDir: DataDir): Promise<boolean> {
  try {
    await stat(join(dataDir.postgres, 'PG_VERSION'));
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}
