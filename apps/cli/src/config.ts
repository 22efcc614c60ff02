import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';

import { z } from 'zod';

import { codeOf, Complaint } from '../bin/complaint.mjs';

/** Variables by name, as the environment has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the commands were told from outside, parsed and complete. */
export interface Config {
  /** The user said NODE_ENV=production: nothing is made up that must be chosen. */
  readonly production: boolean;
  readonly port: number;
  readonly socketPort: number;
  /** Where this machine finds the relay, whatever browsers call it. */
  readonly relayHost: string;
  /** Origins of the console and the frame, the canonical one first, comma separated. */
  readonly frontendUrl: string;
  /** Where browsers find the relay. */
  readonly socketUrl: string;
  readonly socketPath: string;
  /** A PostgreSQL that somebody else runs; undefined: the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Absolute. */
  readonly dataDir: string;
  readonly jwtSecret: string | undefined;
  readonly authSecret: string | undefined;
  /** npm started this process: its end is ours. */
  readonly startedByNpm: boolean;
  /** Whoever started this process ends it by closing its standard input. */
  readonly supervised: boolean;
  /** Everything, for the processes that we start; the file .env included. */
  readonly environment: Environment;
}

const MIN_SECRET_BYTES = 32;
/** A random text of 32 bytes has more than this many different characters, a word repeated or a row of one letter has not. */
const MIN_SECRET_VARIETY = 10;
const SECRETS = new Set(['JWT_SECRET', 'AUTH_SECRET', 'DATABASE_URL']);
const SECRET_EXPECTED = `a random text of at least ${MIN_SECRET_BYTES} bytes, for example what "openssl rand -base64 32" prints`;

const whole = (min: number, max: number, expected: string) =>
  z
    .string()
    .regex(/^\d{1,12}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
const port = whole(1, 65_535, 'a port number, 1 to 65535');
const flag = z.enum(['true', 'false'], 'true or false');
const secret = z
  .string()
  .refine((value) => byteLength(value) >= MIN_SECRET_BYTES && new Set(value).size >= MIN_SECRET_VARIETY, SECRET_EXPECTED);
const url = (protocols: RegExp, expected: string) => z.string().refine((value) => URL.canParse(value) && protocols.test(value), expected);

function isOrigin(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

/** Everything of docs/configuration.md, so that a wrong value is told at once and in one line, and not by a server that does not come up. */
const variables = z.object({
  NODE_ENV: z.string().optional(),
  PORT: port.default(3000),
  SOCKET_PORT: port.default(3001),
  SOCKET_HOST: z.string().optional(),
  FRONTEND_URL: z
    .string()
    .transform((value) => value.split(',').map((entry) => entry.trim()))
    .refine((list) => list.every(isOrigin), 'origins such as https://chat.example, without a path or a final slash, separated by commas')
    .transform((list) => list.join(','))
    .optional(),
  NEXT_PUBLIC_SOCKET_URL: url(/^https?:\/\//, 'an address such as https://relay.example').optional(),
  NEXT_PUBLIC_SOCKET_PATH: z
    .string()
    .regex(/^\/[\w./-]*$/, 'a path such as /chat')
    .default('/chat'),
  NEXT_PUBLIC_DEBUG_SOCKETS: flag.optional(),
  DATABASE_URL: url(/^postgres(ql)?:\/\//, 'an address such as postgresql://user:password@host:5432/switchboard').optional(),
  DATA_DIR: z.string().default('.data'),
  REDIS_URL: url(/^rediss?:\/\//, 'an address such as redis://host:6379').optional(),
  JWT_SECRET: secret.optional(),
  AUTH_SECRET: secret.optional(),
  ALLOW_ANONYMOUS_CLIENTS: flag.optional(),
  MAX_IMAGE_BYTES: whole(1, 200_000_000, 'a number of bytes, 1 to 200000000').optional(),
  MAX_SOCKET_PAYLOAD_BYTES: whole(1_024, 100_000_000, 'a number of bytes, 1024 to 100000000').optional(),
});

function byteLength(value: string): number {
  return new TextEncoder().encode(value).length;
}

function complain(name: string, value: string | undefined, expected: string): Complaint {
  const shown = SECRETS.has(name) ? `a value of ${byteLength(value ?? '')} bytes` : JSON.stringify(value);
  return new Complaint(`${name} is ${shown}; it must be ${expected}.`);
}

/**
 * The configuration that these variables describe. An empty variable counts as unset.
 *
 * @param root what a relative DATA_DIR starts from
 * @throws Complaint for the first variable that is wrong: what it was (of a secret the length only) and what it must be
 */
export function readConfig(environment: Environment, root: string): Config {
  const given = Object.fromEntries(Object.keys(variables.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
  const result = variables.safeParse(given);
  if (!result.success) {
    const [issue] = result.error.issues;
    const name = String(issue?.path[0]);
    throw complain(name, given[name], issue?.message ?? 'valid');
  }
  const values = result.data;
  if (values.PORT === values.SOCKET_PORT)
    throw new Complaint(`SOCKET_PORT is "${values.SOCKET_PORT}"; it must be another port than PORT, which is the same.`);
  return {
    production: values.NODE_ENV === 'production',
    port: values.PORT,
    socketPort: values.SOCKET_PORT,
    relayHost: values.SOCKET_HOST ?? '127.0.0.1',
    frontendUrl: values.FRONTEND_URL ?? `http://localhost:${values.PORT}`,
    socketUrl: values.NEXT_PUBLIC_SOCKET_URL ?? `http://localhost:${values.SOCKET_PORT}`,
    socketPath: values.NEXT_PUBLIC_SOCKET_PATH,
    databaseUrl: values.DATABASE_URL,
    dataDir: resolve(root, values.DATA_DIR),
    jwtSecret: values.JWT_SECRET,
    authSecret: values.AUTH_SECRET,
    startedByNpm: Boolean(environment.npm_lifecycle_event),
    supervised: environment.SWITCHBOARD_SUPERVISED === '1',
    environment,
  };
}

/**
 * What a server in production must not make up by itself.
 *
 * @throws Complaint when the secret that signs tokens was not given
 */
export function checkProduction(config: Config): void {
  if (config.production && config.jwtSecret === undefined)
    throw new Complaint(`JWT_SECRET is not set; with NODE_ENV=production it must be ${SECRET_EXPECTED}.`);
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
    throw new Complaint(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
