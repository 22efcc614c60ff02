import { resolve } from 'node:path';

import { DEFAULT_MAX_IMAGE_BYTES } from '@switchboard/protocol/limits';
import { LOG_LEVELS } from '@switchboard/telemetry';
import { MIN_SECRET_BYTES } from '@switchboard/tokens';
import { z } from 'zod';

/** What the server was told from outside, parsed and complete. */
export interface Config {
  readonly production: boolean;
  readonly port: number;
  /** Origins of the console and the frame, the canonical one first: `https://chat.example`. */
  readonly frontendOrigins: readonly [string, ...string[]];
  /** The system is reached over TLS: cookies are `Secure` and browsers are told to stay with it. */
  readonly https: boolean;
  /** Where browsers find the relay. */
  readonly relay: { readonly url: string; readonly path: string };
  /** Where this server finds the relay. */
  readonly relayInternalUrl: string;
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  readonly dataDir: string;
  readonly jwtSecret: string;
  readonly authSecret: string | undefined;
  readonly maxImageBytes: number;
  /** How many reverse proxies of ours stand in front and append to `X-Forwarded-For`. */
  readonly trustedHops: number;
  /** Pages that may embed the widget; undefined: any. */
  readonly widgetOrigins: readonly string[] | undefined;
  /** Where the built widget lies. */
  readonly widgetDir: string;
  readonly demo: boolean;
  readonly debugSockets: boolean;
  readonly conversationsPerMinute: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** A variable that is missing or wrong. The message is one line that names it, what it was and what it must be; of a secret it gives the length only. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const SECRETS = new Set(['JWT_SECRET', 'AUTH_SECRET', 'DATABASE_URL']);

const whole = (min: number, max: number, expected: string) =>
  z
    .string()
    .regex(/^\d{1,12}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
const port = whole(1, 65_535, 'a port number, 1 to 65535');
const flag = z.enum(['true', 'false'], 'true or false').transform((value) => value === 'true');
const secret = z
  .string()
  .refine((value) => new TextEncoder().encode(value).length >= MIN_SECRET_BYTES, `at least ${MIN_SECRET_BYTES} bytes long`);

function isOrigin(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value) && new URL(value).origin === value;
}
const ORIGINS = 'origins such as https://chat.example, without a path or a final slash, separated by commas';
const origins = z
  .string()
  .transform((value) => value.split(',').map((entry) => entry.trim()))
  .refine((list): list is [string, ...string[]] => list.length > 0 && list.every(isOrigin), ORIGINS);
const httpUrl = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:\/\//.test(value), 'an address such as https://relay.example')
  .transform((value) => value.replace(/\/+$/, ''));

const variables = z.object({
  NODE_ENV: z.string().optional(),
  PORT: port.default(3000),
  SOCKET_PORT: port.default(3001),
  FRONTEND_URL: origins.optional(),
  NEXT_PUBLIC_SOCKET_URL: httpUrl.optional(),
  NEXT_PUBLIC_SOCKET_PATH: z
    .string()
    .regex(/^\/[\w./-]*$/, 'a path such as /chat')
    .default('/chat'),
  NEXT_PUBLIC_DEBUG_SOCKETS: flag.default(false),
  RELAY_INTERNAL_URL: httpUrl.optional(),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a postgresql:// address (npm start sets it when it starts the embedded database)'),
  DATABASE_POOL_SIZE: whole(1, 500, 'a number of connections, 1 to 500').default(10),
  DATA_DIR: z.string().default('.data'),
  JWT_SECRET: secret,
  AUTH_SECRET: secret.optional(),
  MAX_IMAGE_BYTES: whole(1, 200_000_000, 'a number of bytes, 1 to 200000000').default(DEFAULT_MAX_IMAGE_BYTES),
  TRUST_PROXY: whole(0, 10, 'how many reverse proxies stand in front, 0 to 10').default(0),
  WIDGET_ORIGINS: origins.optional(),
  WIDGET_DIR: z.string().optional(),
  ENABLE_DEMO: flag.optional(),
  SESSIONS_PER_MINUTE: whole(1, 1_000_000, 'a number of conversations, 1 to 1000000').default(20),
  LOG_LEVEL: z.enum(LOG_LEVELS, LOG_LEVELS.join(', ')).default('info'),
});

function complain(name: string, value: string | undefined, expected: string): ConfigError {
  if (value === undefined) return new ConfigError(`${name} is not set; it must be ${expected}.`);
  const shown = SECRETS.has(name) ? `a value of ${new TextEncoder().encode(value).length} bytes` : JSON.stringify(value);
  return new ConfigError(`${name} is ${shown}; it must be ${expected}.`);
}

const EXPECTED_WHEN_UNSET: Readonly<Record<string, string>> = {
  DATABASE_URL: 'a postgresql:// address (npm start sets it when it starts the embedded database)',
  JWT_SECRET: `a random text of at least ${MIN_SECRET_BYTES} bytes, the same one that the relay has`,
};

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
    throw complain(name, given[name], (given[name] === undefined ? EXPECTED_WHEN_UNSET[name] : undefined) ?? issue?.message ?? 'valid');
  }
  const values = result.data;
  const frontendOrigins = values.FRONTEND_URL ?? [`http://localhost:${values.PORT}`];
  const relayUrl = values.NEXT_PUBLIC_SOCKET_URL ?? `http://localhost:${values.SOCKET_PORT}`;
  const production = values.NODE_ENV === 'production';
  return {
    production,
    port: values.PORT,
    frontendOrigins,
    https: frontendOrigins.some((origin) => origin.startsWith('https:')),
    relay: { url: relayUrl, path: values.NEXT_PUBLIC_SOCKET_PATH },
    relayInternalUrl: values.RELAY_INTERNAL_URL ?? relayUrl,
    databaseUrl: values.DATABASE_URL,
    databasePoolSize: values.DATABASE_POOL_SIZE,
    // Read when the server runs: the bundler need not look for what may lie there.
    dataDir: resolve(/* turbopackIgnore: true */ values.DATA_DIR),
    jwtSecret: values.JWT_SECRET,
    authSecret: values.AUTH_SECRET,
    maxImageBytes: values.MAX_IMAGE_BYTES,
    trustedHops: values.TRUST_PROXY,
    widgetOrigins: values.WIDGET_ORIGINS,
    widgetDir: resolve(/* turbopackIgnore: true */ values.WIDGET_DIR ?? '../widget/dist'),
    demo: values.ENABLE_DEMO ?? !production,
    debugSockets: values.NEXT_PUBLIC_DEBUG_SOCKETS,
    conversationsPerMinute: values.SESSIONS_PER_MINUTE,
    logLevel: values.LOG_LEVEL,
  };
}

/** This process' environment. (Read as a whole: `next build` would write single `NEXT_PUBLIC_…` ones into the bundle.) */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
