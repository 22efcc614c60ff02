import { resolve } from 'node:path';

import {
  demoEnabled,
  type Environment,
  frontendOrigins,
  readVariables,
  relayInternalUrl,
  requireStrongSecrets,
  socketUrl,
} from '@switchboard/config';
import type { LogLevel } from '@switchboard/telemetry';

/** The parsed configuration. */
export interface Config {
  readonly production: boolean;
  readonly port: number;
  /** Origins of the console and the frame, the canonical one first: `https://chat.example`. */
  readonly frontendOrigins: readonly [string, ...string[]];
  /** The system is reached over TLS: cookies are `Secure`, and HSTS is sent. */
  readonly https: boolean;
  /** The relay's address for browsers. */
  readonly relay: { readonly url: string; readonly path: string };
  /** The relay's address for this server. */
  readonly relayInternalUrl: string;
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  readonly dataDir: string;
  /** The first one signs; signatures of the others are accepted. */
  readonly jwtSecrets: readonly [string, ...string[]];
  readonly authSecret: string | undefined;
  readonly metricsToken: string | undefined;
  /** Redis holds the counts of rate limits for all web servers; undefined: each server counts on its own. */
  readonly redisUrl: string | undefined;
  readonly maxImageBytes: number;
  /** Number of trusted reverse proxies in front, which append to `X-Forwarded-For`. */
  readonly trustedHops: number;
  /** Becomes the setting `widget.sites`, once. */
  readonly widgetOrigins: readonly string[] | undefined;
  /** The folder of the built widget. */
  readonly widgetDir: string;
  readonly demo: boolean;
  readonly debugSockets: boolean;
  /** Most TCP connections of one address, if no proxy is in front. */
  readonly maxConnectionsPerAddress: number;
  readonly conversationsPerMinute: number;
  /** How much visitors may store. */
  readonly quota: Quota;
  readonly logLevel: LogLevel;
}

/** How much visitors may store: a number of messages, and bytes. */
interface Quota {
  readonly messagesPerMinute: number;
  readonly visitorBytesPerDay: number;
  readonly addressBytesPerDay: number;
  readonly allBytesPerDay: number;
  /** Nothing of visitors is stored when less is free on the disk. */
  readonly minFreeDiskBytes: number;
}

/**
 * Reads the configuration from these variables.
 *
 * @throws ConfigError for the first variable that is missing or wrong, or a weak secret in production
 */
export function readConfig(env: Environment): Config {
  const values = readVariables(env, ['JWT_SECRET', 'DATABASE_URL']);
  requireStrongSecrets(values, env);
  const origins = frontendOrigins(values);
  const relayUrl = socketUrl(values);
  const production = values.NODE_ENV === 'production';
  return {
    production,
    port: values.PORT,
    frontendOrigins: origins,
    https: origins.some((origin) => origin.startsWith('https:')),
    relay: { url: relayUrl, path: values.NEXT_PUBLIC_SOCKET_PATH },
    relayInternalUrl: relayInternalUrl(values),
    databaseUrl: values.DATABASE_URL,
    databasePoolSize: values.DATABASE_POOL_SIZE,
    // Resolved when the server runs: the bundler must not search this folder.
    dataDir: resolve(/* turbopackIgnore: true */ values.DATA_DIR),
    jwtSecrets: [values.JWT_SECRET, ...(values.JWT_SECRET_PREVIOUS === undefined ? [] : [values.JWT_SECRET_PREVIOUS])],
    authSecret: values.AUTH_SECRET,
    metricsToken: values.METRICS_TOKEN,
    redisUrl: values.REDIS_URL,
    maxImageBytes: values.MAX_IMAGE_BYTES,
    trustedHops: values.TRUST_PROXY,
    widgetOrigins: values.WIDGET_ORIGINS,
    widgetDir: resolve(/* turbopackIgnore: true */ values.WIDGET_DIR ?? '../widget/dist'),
    demo: demoEnabled(values),
    debugSockets: values.NEXT_PUBLIC_DEBUG_SOCKETS,
    maxConnectionsPerAddress: values.MAX_CONNECTIONS_PER_ADDRESS,
    conversationsPerMinute: values.SESSIONS_PER_MINUTE,
    quota: {
      messagesPerMinute: values.VISITOR_MESSAGES_PER_MINUTE,
      visitorBytesPerDay: values.VISITOR_BYTES_PER_DAY,
      addressBytesPerDay: values.ADDRESS_BYTES_PER_DAY,
      allBytesPerDay: values.ALL_VISITORS_BYTES_PER_DAY,
      minFreeDiskBytes: values.MIN_FREE_DISK_BYTES,
    },
    logLevel: values.LOG_LEVEL,
  };
}

/** The environment of this process. It is read as a whole, because `next build` would inline single `NEXT_PUBLIC_…` variables. */
export function environment(): Environment {
  return process.env;
}
