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

/** The command line's configuration, parsed and complete. */
export interface Config {
  /** NODE_ENV is production: nothing is generated that the user must choose. */
  readonly production: boolean;
  readonly port: number;
  readonly socketPort: number;
  /** The web app's URL on this machine, independent of the URL that browsers use. */
  readonly localWebUrl: string;
  /** The relay's URL on this machine, independent of the URL that browsers use. */
  readonly localRelayUrl: string;
  /** The URL to which hints and revocations are sent: RELAY_INTERNAL_URL, or this machine's relay. */
  readonly relayInternalUrl: string;
  /** Origins of the console and the frame, the canonical one first, comma separated. */
  readonly frontendUrl: string;
  /** Where browsers find the relay. */
  readonly socketUrl: string;
  readonly socketPath: string;
  /** An external PostgreSQL; undefined for the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Absolute. */
  readonly dataDir: string;
  /** Whether DATA_DIR is set, rather than the default. */
  readonly dataDirChosen: boolean;
  readonly demo: boolean;
  readonly jwtSecret: string | undefined;
  readonly authSecret: string | undefined;
  /** Whether npm started this process, which then ends with npm. */
  readonly startedByNpm: boolean;
  /** Whether this process ends when its standard input is closed. */
  readonly supervised: boolean;
  /** All variables, including those of the file .env, for child processes. */
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

/** Checks all variables, so that a wrong one is reported at once in one line rather than by a server that does not start. */
function readValues(environment: Environment): ReturnType<typeof readVariables> {
  try {
    return readVariables(environment);
  } catch (error) {
    throw error instanceof ConfigError ? new UserError(error.message) : error;
  }
}

/**
 * Checks that a production server has the secrets that it must not generate.
 *
 * @throws UserError when the secret that signs tokens is not set
 */
export function checkProduction(config: Config): void {
  if (config.production && config.jwtSecret === undefined)
    throw new UserError(`JWT_SECRET is not set; with NODE_ENV=production it must be ${SECRET_EXPECTED}.`);
}

/**
 * Checks the strength of the configured secrets.
 *
 * @returns a description of each weakness; outside production weak secrets are allowed
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

/** The environment of this process. */
export function environment(): Environment {
  return process.env;
}

/** The environment of this process; the file .env in `root` supplies variables that it lacks. */
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
