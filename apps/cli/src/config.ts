import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';

import {
  ConfigError,
  demoEnabled,
  type Environment,
  frontendOrigins,
  localRelayUrl,
  localWebUrl,
  readVariables,
  relayInternalUrl,
  requireStrongSecrets,
  SECRET_EXPECTED,
  socketUrl,
  weaknessOfSecrets,
} from '@switchboard/config';

import { codeOf, UserError } from './standalone/user-error.mjs';

export type { Environment } from '@switchboard/config';

/** What the commands were told from outside, parsed and complete. */
export interface Config {
  /** The user said NODE_ENV=production: nothing is made up that must be chosen. */
  readonly production: boolean;
  readonly port: number;
  readonly socketPort: number;
  /** Where this machine finds its own web app, whatever browsers call it. */
  readonly localWebUrl: string;
  /** Where this machine finds its own relay, whatever browsers call it. */
  readonly localRelayUrl: string;
  /** Where a relay takes hints and revocations: RELAY_INTERNAL_URL, or this machine's relay. */
  readonly relayInternalUrl: string;
  /** Origins of the console and the frame, the canonical one first, comma separated. */
  readonly frontendUrl: string;
  /** Where browsers find the relay. */
  readonly socketUrl: string;
  readonly socketPath: string;
  /** A PostgreSQL that somebody else runs; undefined: the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Absolute. */
  readonly dataDir: string;
  /** DATA_DIR was given, and is not just the default. */
  readonly dataDirChosen: boolean;
  readonly demo: boolean;
  readonly jwtSecret: string | undefined;
  readonly authSecret: string | undefined;
  /** npm started this process: its end is ours. */
  readonly startedByNpm: boolean;
  /** Whoever started this process ends it by closing its standard input. */
  readonly supervised: boolean;
  /** Everything, for the processes that we start; the file .env included. */
  readonly environment: Environment;
}

/**
 * The configuration that these variables describe. An empty variable counts as unset.
 *
 * @param root what a relative DATA_DIR starts from
 * @throws UserError for the first variable that is wrong: what it was (of a secret the length only) and what it must be
 */
export function readConfig(environment: Environment, root: string): Config {
  const values = readValues(environment);
  if (values.PORT === values.SOCKET_PORT)
    throw new UserError(`SOCKET_PORT is "${values.SOCKET_PORT}"; it must be another port than PORT, which is the same.`);
  return {
    production: values.NODE_ENV === 'production',
    port: values.PORT,
    socketPort: values.SOCKET_PORT,
    localWebUrl: localWebUrl(values),
    localRelayUrl: localRelayUrl(values),
    relayInternalUrl: relayInternalUrl(values),
    frontendUrl: frontendOrigins(values).join(','),
    socketUrl: socketUrl(values),
    socketPath: values.NEXT_PUBLIC_SOCKET_PATH,
    databaseUrl: values.DATABASE_URL,
    dataDir: resolve(root, values.DATA_DIR),
    dataDirChosen: Boolean(environment.DATA_DIR),
    demo: demoEnabled(values),
    jwtSecret: values.JWT_SECRET,
    authSecret: values.AUTH_SECRET,
    startedByNpm: Boolean(environment.npm_lifecycle_event),
    supervised: environment.SWITCHBOARD_SUPERVISED === '1',
    environment,
  };
}

/** All variables, so that a wrong one is told at once and in one line, and not by a server that does not come up. */
function readValues(environment: Environment): ReturnType<typeof readVariables> {
  try {
    return readVariables(environment);
  } catch (error) {
    throw error instanceof ConfigError ? new UserError(error.message) : error;
  }
}

/**
 * What a server in production must not make up by itself.
 *
 * @throws UserError when the secret that signs tokens was not given
 */
export function checkProduction(config: Config): void {
  if (config.production && config.jwtSecret === undefined)
    throw new UserError(`JWT_SECRET is not set; with NODE_ENV=production it must be ${SECRET_EXPECTED}.`);
}

/**
 * Looks at the secrets that were given to a start.
 *
 * @returns what is weak about them where that does not matter, outside production
 * @throws UserError when one is weak in production
 */
export function checkSecretsOfStart({ environment }: Config): string | undefined {
  const values = readValues(environment);
  try {
    requireStrongSecrets(values, {});
  } catch (error) {
    throw error instanceof ConfigError ? new UserError(error.message) : error;
  }
  return weaknessOfSecrets(values);
}

/** This process' environment. */
export function environment(): Environment {
  return process.env;
}

/** This process' environment, and the file .env in `root` for what it does not have. */
export function readEnvironment(root: string): Environment {
  return { ...readFileEnvironment(join(root, '.env')), ...environment() };
}

function readFileEnvironment(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    throw new UserError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
