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

/** What a command may do where there is no database yet. */
export interface Making {
  /** As people call the command: `operator create`. */
  readonly command: string;
  /** `no`: it needs what is there. `if alone`: it makes one unless something shows that another one is meant. `yes`: the user said so. */
  readonly make: 'no' | 'if alone' | 'yes';
  /** How the user says so. */
  readonly override?: string;
}

/** Where signs of another installation are looked for; tests look elsewhere. */
export interface Surroundings {
  readonly clone: string;
  readonly serviceFiles: readonly string[];
}

const HERE: Surroundings = {
  clone: ROOT,
  // What a service on this machine is installed with, as deploy/systemd has it.
  serviceFiles: [
    '/etc/switchboard/switchboard.env',
    '/etc/systemd/system/switchboard.service',
    '/etc/systemd/system/switchboard-web@.service',
  ],
};

/**
 * Settles which database a command uses, before anything is made.
 *
 * @returns the database in a few words, for people: they see when it is not the one they mean
 * @throws UserError when it is probably not the one that is meant: a shell without the settings of the servers would work on an empty database of its
 *   own, or on one that was left behind, and what is done there would change nothing for anybody
 */
export async function chooseDatabase(
  config: Config,
  { command, make, override = 'add --new' }: Making,
  surroundings: Surroundings = HERE,
): Promise<string> {
  if (config.databaseUrl !== undefined) return `${nameOf(config.databaseUrl)} (DATABASE_URL)`;
  const { postgres, lock } = dataDirAt(config.dataDir);
  const told = `the embedded one in ${postgres}`;
  // A start that is under way has not made it yet, and one that is stopping still answers on its ports.
  if (['start', 'stopping'].includes(lockHolder(lock)?.note ?? '')) return told;
  const settings =
    'give this command the settings of the servers (with the script deploy/systemd/switchboard, or set DATA_DIR or DATABASE_URL)';
  if (existsSync(join(postgres, 'PG_VERSION'))) {
    const other = config.dataDirChosen ? undefined : await signOfRunning(config, surroundings);
    if (other === undefined) return told;
    throw new UserError(`Nothing runs on the database in ${config.dataDir}, and ${other}. Most likely that one is meant: ${settings}.`);
  }
  const none = `There is no database in ${config.dataDir}`;
  if (make === 'no') throw new UserError(`${none}, and "${command}" makes none. If Switchboard runs elsewhere, ${settings}.`);
  const sign = make === 'yes' ? undefined : await signOfAnother(config, surroundings);
  if (sign !== undefined)
    throw new UserError(`${none}, and ${sign}. Most likely that one is meant: ${settings}; or ${override} to make a new database here.`);
  return `${told}, made just now`;
}

/** The database without user and password. */
function nameOf(url: string): string {
  try {
    return parseDatabaseUrl(url).name;
  } catch (error) {
    throw error instanceof DatabaseUrlError ? new UserError(error.message, { cause: error }) : error;
  }
}

/** A sign that the user means the database of another folder, as a clause. */
export async function signOfAnother(config: Config, surroundings: Surroundings = HERE): Promise<string | undefined> {
  const file = config.dataDirChosen ? undefined : surroundings.serviceFiles.find((path) => existsSync(path));
  const running = await signOfRunning(config, surroundings);
  if (running !== undefined || file === undefined) return running;
  return `this machine has an installed service (${file}) while DATA_DIR is not set here`;
}

/** A sign that servers run with another folder, as a clause: from this clone, unless this folder was chosen, or on the ports of these settings. */
async function signOfRunning(config: Config, { clone }: Surroundings): Promise<string | undefined> {
  const serving = config.dataDirChosen ? undefined : servingNote(clone);
  if (serving !== undefined && serving.dataDir !== config.dataDir)
    return `Switchboard runs from this clone (process ${serving.pid}) with its data in ${serving.dataDir ?? 'another folder'}`;
  for (const url of [config.localWebUrl, config.localRelayUrl])
    if (await isSwitchboard(url)) return `Switchboard runs at ${url} with other data`;
  return undefined;
}
