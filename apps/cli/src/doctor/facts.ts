import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { readVariables, SECRETS } from '@switchboard/config';

import { codeOf, UserError } from '../standalone/user-error.mjs';
import { checkProduction, type Config, type Environment, readConfig } from '../config.ts';
import { type DataDir, dataDirAt } from '../data-dir.ts';
import { readSecrets, type Secrets } from '../secrets.ts';

/** All settings, including those that only the relay or the web app reads. */
export type Settings = ReturnType<typeof readVariables<never>>;

/** A file that other users must not read, with its permissions before this command opened it. */
export interface PrivateFile {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
}

/** The facts that all checks start from. */
export interface Facts {
  readonly config: Config;
  readonly settings: Settings;
  readonly dataDir: DataDir;
  readonly privateFiles: readonly PrivateFile[];
  /** The generated secrets: undefined when there are none, an error when they can't be read. */
  readonly secrets: Secrets | UserError | undefined;
  /** The secret that signs tokens; undefined when it is neither set nor generated. */
  readonly jwtSecret: string | undefined;
  /** The URLs of the web app and the relay on this machine. */
  readonly webUrl: string;
  readonly relayUrl: string;
  /** The URL to which the web app sends hints: RELAY_INTERNAL_URL, or this machine's relay. */
  readonly hintsUrl: string;
  /** The public origin of the console and the frame. */
  readonly origin: string;
}

/**
 * Reads the settings and the data folder. It changes only the permissions of a secrets file that others can read.
 *
 * @param root the repository's root
 * @throws UserError for an invalid setting, like `start`
 */
export async function gatherFacts(environment: Environment, root: string): Promise<Facts> {
  const config = readConfig(environment, root);
  checkProduction(config);
  const settings = readVariables(config.environment);
  const dataDir = dataDirAt(config.dataDir);
  const dotEnv = join(root, '.env');
  const privateFiles = await findPrivateFiles([dataDir.secrets, ...((await holdsSecrets(dotEnv)) ? [dotEnv] : [])]);
  const secrets = await readSecrets(dataDir).catch((error: unknown) => asUserError(error, dataDir.secrets));
  const generated = secrets instanceof UserError ? undefined : secrets?.jwtSecret;
  const [origin = config.frontendUrl] = config.frontendUrl.split(',');
  return {
    config,
    settings,
    dataDir,
    privateFiles,
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

async function findPrivateFiles(paths: readonly string[]): Promise<PrivateFile[]> {
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
