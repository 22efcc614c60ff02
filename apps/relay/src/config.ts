import { DEFAULT_MAX_SOCKET_PAYLOAD_BYTES } from '@switchboard/protocol';
import { LOG_LEVELS, type LogLevel } from '@switchboard/telemetry';
import { MIN_SECRET_BYTES } from '@switchboard/tokens';
import { z } from 'zod';

/** What the relay was told from outside, parsed and complete. */
export interface Config {
  /** 0: any free port (tests). */
  readonly port: number;
  /** The address to listen on; undefined: every interface. */
  readonly host: string | undefined;
  /** Exact origins of pages that may connect: `https://chat.example`. */
  readonly allowedOrigins: readonly string[];
  readonly jwtSecret: string;
  /** A socket without a token may join as a client. */
  readonly allowAnonymousClients: boolean;
  /** Bytes of one socket message, text and attachments together. */
  readonly maxPayloadBytes: number;
  readonly logLevel: LogLevel;
  /** Joins this node with others; undefined: it is alone. */
  readonly redisUrl: string | undefined;
  /** Milliseconds over which connections are ended at most when the relay stops. */
  readonly drainMs: number;
}

/** A variable that is missing or wrong. The message is one line that names it, what it was and what it must be; of a secret it gives the length only. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const whole = (min: number, max: number, expected: string) =>
  z
    .string()
    .regex(/^\d{1,12}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
const port = whole(1, 65_535, 'a port number, 1 to 65535');
const flag = z.enum(['true', 'false'], 'true or false').transform((value) => value === 'true');

function isOrigin(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value) && new URL(value).origin === value;
}
const origins = z
  .string()
  .transform((value) => value.split(',').map((entry) => entry.trim()))
  .refine((list) => list.every(isOrigin), 'origins such as https://chat.example, without a path or a final slash, separated by commas');

const SECRET_EXPECTED = `a random text of at least ${MIN_SECRET_BYTES} bytes, the same one that the web app has`;

const variables = z.object({
  PORT: port.default(3000),
  SOCKET_PORT: port.default(3001),
  SOCKET_HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'an address of this machine such as 127.0.0.1')
    .optional(),
  FRONTEND_URL: origins.optional(),
  JWT_SECRET: z.string(SECRET_EXPECTED).refine((value) => byteLength(value) >= MIN_SECRET_BYTES, SECRET_EXPECTED),
  ALLOW_ANONYMOUS_CLIENTS: flag.default(true),
  MAX_SOCKET_PAYLOAD_BYTES: whole(1_024, 100_000_000, 'a number of bytes, 1024 to 100000000').default(DEFAULT_MAX_SOCKET_PAYLOAD_BYTES),
  REDIS_URL: z
    .string()
    .refine((value) => URL.canParse(value) && /^rediss?:\/\//.test(value), 'an address such as redis://host:6379')
    .optional(),
  DRAIN_SECONDS: whole(0, 300, 'a number of seconds, 0 to 300').default(10),
  LOG_LEVEL: z.enum(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`).default('info'),
});

function byteLength(value: string): number {
  return new TextEncoder().encode(value).length;
}

function complain(name: string, value: string | undefined, expected: string): ConfigError {
  if (value === undefined) return new ConfigError(`${name} is not set; it must be ${expected}.`);
  const shown = name === 'JWT_SECRET' || name === 'REDIS_URL' ? `a value of ${byteLength(value)} bytes` : JSON.stringify(value);
  return new ConfigError(`${name} is ${shown}; it must be ${expected}.`);
}

/**
 * The configuration that these variables describe. An empty variable counts as unset.
 *
 * @throws ConfigError for the first variable that is missing or wrong
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.keys(variables.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const result = variables.safeParse(given);
  if (!result.success) {
    const [issue] = result.error.issues;
    const name = String(issue?.path[0]);
    throw complain(name, given[name], issue?.message ?? 'valid');
  }
  const values = result.data;
  return {
    port: values.SOCKET_PORT,
    host: values.SOCKET_HOST,
    allowedOrigins: values.FRONTEND_URL ?? [`http://localhost:${values.PORT}`],
    jwtSecret: values.JWT_SECRET,
    allowAnonymousClients: values.ALLOW_ANONYMOUS_CLIENTS,
    maxPayloadBytes: values.MAX_SOCKET_PAYLOAD_BYTES,
    logLevel: values.LOG_LEVEL,
    redisUrl: values.REDIS_URL,
    drainMs: values.DRAIN_SECONDS * 1_000,
  };
}

/** This process' environment. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
