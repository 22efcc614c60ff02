import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { DatabaseUrlError, parseDatabaseUrl } from '@switchboard/database';

import { Complaint } from '../bin/complaint.mjs';
import { lockHolder } from '../bin/lock-file.mjs';
import { servingNote } from '../bin/prepare/serving.mjs';
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
 * @throws Complaint when a new one would be made that is probably not meant: a shell without the settings of the servers would get an empty database
 *   of its own, and what is done there would change nothing for anybody
 */
export async function chooseDatabase(
  config: Config,
  { command, make, override = 'add --new' }: Making,
  surroundings: Surroundings = HERE,
): Promise<string> {
  if (config.databaseUrl !== undefined) return `${nameOf(config.databaseUrl)} (DATABASE_URL)`;
  const { postgres, lock } = dataDirAt(config.dataDir);
  const told = `the embedded one in ${postgres}`;
  const made = existsSync(join(postgres, 'PG_VERSION')) || lockHolder(lock)?.note === 'start';
  if (made) return told;
  const none = `There is no database in ${config.dataDir}`;
  const settings = `give this command the settings of the servers (DATA_DIR or DATABASE_URL: set -a; . /etc/switchboard/switchboard.env; set +a)`;
  if (make === 'no') throw new Complaint(`${none}, and "${command}" makes none. If Switchboard runs elsewhere, ${settings}.`);
  const sign = make === 'yes' ? undefined : await signOfAnother(config, surroundings);
  if (sign !== undefined)
    throw new Complaint(`${none}, and ${sign}. Most likely that one is meant: ${settings}; or ${override} to make a new database here.`);
  return `${told}, made just now`;
}

/** The database without user and password. */
function nameOf(url: string): string {
  try {
    return parseDatabaseUrl(url).name;
  } catch (error) {
    throw error instanceof DatabaseUrlError ? new Complaint(error.message, { cause: error }) : error;
  }
}

/** A sign that the user means the database of another folder, as a clause. */
export async function signOfAnother(config: Config, { clone, serviceFiles }: Surroundings = HERE): Promise<string | undefined> {
  if (!config.dataDirChosen) {
    const serving = servingNote(clone);
    if (serving !== undefined && serving.dataDir !== config.dataDir)
      return `Switchboard runs from this clone (process ${serving.pid}) with its data in ${serving.dataDir ?? 'another folder'}`;
    const file = serviceFiles.find((path) => existsSync(path));
    if (file !== undefined) return `this machine has an installed service (${file}) while DATA_DIR is not set here`;
  }
  for (const url of [config.localWebUrl, config.localRelayUrl])
    if (await isSwitchboard(url)) return `Switchboard runs at ${url} with other data`;
  return undefined;
}
