import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { DatabaseUrlError, parseDatabaseUrl } from '@switchboard/database';

import { UserError } from './standalone/user-error.mjs';
import { lockHolder } from './standalone/lock-file.mjs';
import { servingNote } from './standalone/serving.mjs';
import type { Config } from './config.ts';
import { dataDirAt } from './data-dir.ts';
import { ROOT } from './root.ts';
import { isSwitchboard } from './running-servers.ts';

/** What a command may do when there is no database yet. */
export interface Making {
  /** The command as the user typed it: `operator create`. */
  readonly command: string;
  /** `no`: a database must exist. `if alone`: creates one unless something suggests that the user means another. `yes`: the user asked for a new one. */
  readonly make: 'no' | 'if alone' | 'yes';
  /** The option with which the user asks for a new one. */
  readonly override?: string;
}

/** Where to look for signs of another installation; tests use other places. */
export interface Surroundings {
  readonly clone: string;
  readonly serviceFiles: readonly string[];
}

const HERE: Surroundings = {
  clone: ROOT,
  // The environment file that deploy/systemd installs.
  serviceFiles: [
    '/etc/switchboard/switchboard.env',
    '/etc/systemd/system/switchboard.service',
    '/etc/systemd/system/switchboard-web@.service',
  ],
};

/**
 * Decides which database a command uses, before anything is created.
 *
 * @returns a short description of the database, so that people notice when it is not the one they mean
 * @throws UserError when it is probably the wrong one: a shell without the servers' settings would work on a new, empty database or on an abandoned
 *   one, and its changes would affect no running server
 */
export async function chooseDatabase(
  config: Config,
  { command, make, override = 'add --new' }: Making,
  surroundings: Surroundings = HERE,
): Promise<string> {
  if (config.databaseUrl !== undefined) return `${nameOf(config.databaseUrl)} (DATABASE_URL)`;
  const { postgres, lock } = dataDirAt(config.dataDir);
  const description = `the embedded one in ${postgres}`;
  // A start in progress may not have created it yet, and one that is stopping still answers on its ports.
  if (['start', 'stopping'].includes(lockHolder(lock)?.note ?? '')) return description;
  const settings =
    'give this command the settings of the servers (with the script deploy/systemd/switchboard, or set DATA_DIR or DATABASE_URL)';
  if (existsSync(join(postgres, 'PG_VERSION'))) {
    const other = config.dataDirChosen ? undefined : await signOfRunning(config, surroundings);
    if (other === undefined) return description;
    throw new UserError(`Nothing runs on the database in ${config.dataDir}, and ${other}. You probably mean that one: ${settings}.`);
  }
  const none = `There is no database in ${config.dataDir}`;
  if (make === 'no') throw new UserError(`${none}, and "${command}" does not create one. If Switchboard runs elsewhere, ${settings}.`);
  const sign = make === 'yes' ? undefined : await signOfAnother(config, surroundings);
  if (sign !== undefined)
    throw new UserError(`${none}, and ${sign}. You probably mean that one: ${settings}; or ${override} to create a new database here.`);
  return `${description}, created just now`;
}

/** The database without user and password. */
function nameOf(url: string): string {
  try {
    return parseDatabaseUrl(url).name;
  } catch (error) {
    throw error instanceof DatabaseUrlError ? new UserError(error.message, { cause: error }) : error;
  }
}

/** Evidence that the user means a database elsewhere, as a clause. */
export async function signOfAnother(config: Config, surroundings: Surroundings = HERE): Promise<string | undefined> {
  const file = config.dataDirChosen ? undefined : surroundings.serviceFiles.find((path) => existsSync(path));
  const running = await signOfRunning(config, surroundings);
  if (running !== undefined || file === undefined) return running;
  return `this machine has an installed service (${file}) while DATA_DIR is not set here`;
}

/** Evidence that servers run with another data folder, as a clause: from this clone, unless this folder was chosen, or on the ports of these settings. */
async function signOfRunning(config: Config, { clone }: Surroundings): Promise<string | undefined> {
  const serving = config.dataDirChosen ? undefined : servingNote(clone);
  if (serving !== undefined && serving.dataDir !== config.dataDir)
    return `Switchboard runs from this clone (process ${serving.pid}) with its data in ${serving.dataDir ?? 'another folder'}`;
  for (const url of [config.localWebUrl, config.localRelayUrl])
    if (await isSwitchboard(url)) return `Switchboard runs at ${url} with other data`;
  return undefined;
}
