import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { readVariables, SECRETS } from '@switchboard/config';

import { codeOf, UserError } from '../standalone/user-error.mjs';
import { checkProduction, type Config, type Environment, readConfig } from '../config.ts';
import { type DataDir, dataDirAt } from '../data-dir.ts';
import { readSecrets, type Secrets } from '../secrets.ts';

/** All settings, those included that only relay or web app read. */
export type Settings = ReturnType<typeof readVariables<never>>;

/** A file that others must not read, as it was before this command opened it. */
export interface ClosedFile {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
}

/** What is known before anything is looked at. */
export interface Facts {
  readonly config: Config;
  readonly settings: Settings;
  readonly dataDir: DataDir;
  readonly closedFiles: readonly ClosedFile[];
  /** The secrets that the installation generated: undefined when there are none, an error when they can't be read. */
  readonly secrets: Secrets | UserError | undefined;
  /** Signs tokens; undefined when none was given and none has been made. */
  readonly jwtSecret: string | undefined;
  /** Where this machine finds the web app and the relay. */
  readonly webUrl: string;
  readonly relayUrl: string;
  /** Where the web app finds a relay to tell it of what was saved: RELAY_INTERNAL_URL, if that is not this machine's. */
  readonly hintsUrl: string;
  /** The console's and the frame's address for people. */
  readonly origin: string;
}

/**
 * Reads settings and data folder, and changes nothing but the permissions of a file of secrets that stands open.
 *
 * @param root the repository's
 * @throws UserError for a setting that is wrong, as `start` does
 */
export async function gatherFacts(environment: Environment, root: string): Promise<Facts> {
  const config = readConfig(environment, root);
  checkProduction(config);
  const settings = readVariables(config.environment);
  const dataDir = dataDirAt(config.dataDir);
  const dotEnv = join(root, '.env');
  const closedFiles = await findClosedFiles([dataDir.secrets, ...((await holdsSecrets(dotEnv)) ? [dotEnv] : [])]);
  const secrets = await readSecrets(dataDir).catch((error: unknown) => asUserError(error, dataDir.secrets));
  const generated = secrets instanceof UserError ? undefined : secrets?.jwtSecret;
  const [origin = config.frontendUrl] = config.frontendUrl.split(',');
  return {
    config,
    settings,
    dataDir,
    closedFiles,
    secrets,
    jwtSecret: config.jwtSecret ?? generated,
    webUrl: config.localWebUrl,
    relayUrl: config.localRelayUrl,
    hintsUrl: config.relayInternalUrl,
    origin,
  };
}

const SECRET_LINE = new RegExp(`^\\s*(export\\s+)?(${[...SECRETS].join('|')})\\s*=\\s*\\S`, 'm');

async function holdsSecrets(file: string): Promise<boolean> {
  try {
    return SECRET_LINE.test(await readFile(file, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function findClosedFiles(paths: readonly string[]): Promise<ClosedFile[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      try {
        return [{ path, mode: (await stat(path)).mode & 0o777 }];
      } catch (error) {
        if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error) ?? '')) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

function asUserError(error: unknown, path: string): UserError {
  if (error instanceof UserError) return error;
  return new UserError(`${path} can't be read (${codeOf(error) ?? String(error)}).`, { cause: error });
}
