import {
  DEFAULT_MAX_IMAGE_BYTES,
  DEFAULT_MAX_SOCKET_PAYLOAD_BYTES,
  MAX_WIDGET_SITES,
  MESSAGES_PER_SECOND,
} from '@switchboard/protocol/limits';
import { z } from 'zod';

import { databaseUrl, flag, host, httpUrl, origins, originsOfOneScheme, path, port, secret, transports, url, whole } from './shapes.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

const MEBIBYTE = 1024 * 1024;
const MAX_BYTES = 999_999_999_999;
const BYTES_EXPECTED = 'a number of bytes, 1000000 to 999999999999';

/** The schema of every setting. Defaults that depend on another setting are in `derived.ts`. */
export const SHAPES = {
  PORT: port.default(3000),
  SOCKET_PORT: port.default(3001),
  SOCKET_HOST: host.optional(),
  FRONTEND_URL: originsOfOneScheme.optional(),
  NEXT_PUBLIC_SOCKET_URL: httpUrl.optional(),
  NEXT_PUBLIC_SOCKET_PATH: path.default('/chat'),
  RELAY_INTERNAL_URL: httpUrl.optional(),
  WIDGET_ORIGINS: origins.refine((list) => list.length <= MAX_WIDGET_SITES, `at most ${MAX_WIDGET_SITES} origins`).optional(),
  TRUST_PROXY: whole(0, 10, 'the number of reverse proxies in front, 0 to 10').default(0),

  DATABASE_URL: databaseUrl.optional(),
  DATABASE_POOL_SIZE: whole(1, 500, 'a number of connections, 1 to 500').default(10),
  DATA_DIR: z.string().default('.data'),
  REDIS_URL: url(/^rediss?:\/\//, 'an address such as redis://host:6379').optional(),

  JWT_SECRET: secret.optional(),
  JWT_SECRET_PREVIOUS: secret.optional(),
  AUTH_SECRET: secret.optional(),
  METRICS_TOKEN: secret.optional(),
  ALLOW_ANONYMOUS_CLIENTS: flag.default(true),
  SANITIZE_HTML: flag.default(false),

  MAX_IMAGE_BYTES: whole(1, 200_000_000, 'a number of bytes, 1 to 200000000').default(DEFAULT_MAX_IMAGE_BYTES),
  MAX_SOCKET_PAYLOAD_BYTES: whole(1_024, 100_000_000, 'a number of bytes, 1024 to 100000000').default(DEFAULT_MAX_SOCKET_PAYLOAD_BYTES),
  MAX_CONNECTIONS: whole(1, 1_000_000, 'a number of connections, 1 to 1000000').default(20_000),
  MAX_CONNECTIONS_PER_ADDRESS: whole(1, 1_000_000, 'a number of connections, 1 to 1000000').default(2_000),
  SOCKET_PING_INTERVAL_MS: whole(1_000, 300_000, 'a number of milliseconds, 1000 to 300000').default(10_000),
  SOCKET_PING_TIMEOUT_MS: whole(1_000, 300_000, 'a number of milliseconds, 1000 to 300000').default(5_000),
  SOCKET_UPGRADE_TIMEOUT_MS: whole(1_000, 300_000, 'a number of milliseconds, 1000 to 300000').default(10_000),
  SOCKET_TRANSPORTS: transports.default(['websocket', 'polling']),
  SOCKET_COMPRESSION: flag.default(false),
  SOCKET_COMPRESSION_THRESHOLD_BYTES: whole(0, 100_000_000, 'a number of bytes, 0 to 100000000').default(1_024),
  SOCKET_ENGINE_SHORTCUTS: flag.default(true),
  SOCKET_BUFFER_BYTES: whole(1_024, 200_000_000, 'a number of bytes, 1024 to 200000000').optional(),
  SESSIONS_PER_MINUTE: whole(1, 1_000_000, 'a number of conversations, 1 to 1000000').default(20),
  VISITOR_MESSAGES_PER_MINUTE: whole(1, 1_000_000, 'a number of messages, 1 to 1000000').default(60 * MESSAGES_PER_SECOND),
  VISITOR_BYTES_PER_DAY: whole(1_000_000, MAX_BYTES, BYTES_EXPECTED).default(100 * MEBIBYTE),
  ADDRESS_BYTES_PER_DAY: whole(1_000_000, MAX_BYTES, BYTES_EXPECTED).default(1_024 * MEBIBYTE),
  ALL_VISITORS_BYTES_PER_DAY: whole(1_000_000, MAX_BYTES, BYTES_EXPECTED).default(20 * 1_024 * MEBIBYTE),
  MIN_FREE_DISK_BYTES: whole(0, MAX_BYTES, 'a number of bytes, 0 to 999999999999').default(1_024 * MEBIBYTE),

  DRAIN_SECONDS: whole(0, 300, 'a number of seconds, 0 to 300').default(10),
  ENABLE_DEMO: flag.optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`).default('info'),
  NEXT_PUBLIC_DEBUG_SOCKETS: flag.default(false),
  NODE_ENV: z.string().optional(),
  WIDGET_DIR: z.string().optional(),
} as const;

export type VariableName = keyof typeof SHAPES;

export const VARIABLE_NAMES = Object.keys(SHAPES) as readonly VariableName[];

/** Variables whose values must never be in a message or a log. */
export const SECRETS: ReadonlySet<string> = new Set<VariableName>([
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'AUTH_SECRET',
  'METRICS_TOKEN',
  'DATABASE_URL',
  'REDIS_URL',
]);
