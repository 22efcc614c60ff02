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
  /** The first one signs; what the others have signed is believed. */
  readonly jwtSecrets: readonly [string, ...string[]];
  readonly authSecret: string | undefined;
  readonly metricsToken: string | undefined;
  /** Counts of rate limits are kept there, for all web servers together; undefined: each counts by itself. */
  readonly redisUrl: string | undefined;
  readonly maxImageBytes: number;
  /** How many reverse proxies of ours stand in front and append to `X-Forwarded-For`. */
  readonly trustedHops: number;
  /** Becomes the setting `widget.sites`, once. */
  readonly widgetOrigins: readonly string[] | undefined;
  /** Where the built widget lies. */
  readonly widgetDir: string;
  readonly demo: boolean;
  readonly debugSockets: boolean;
  /** TCP connections, where no proxy stands in front. */
  readonly maxConnectionsPerAddress: number;
  readonly conversationsPerMinute: number;
  /** How much visitors may have stored. */
  readonly quota: Quota;
  readonly logLevel: LogLevel;
}

/** How much visitors may have stored. Bytes, but for messages. */
interface Quota {
  readonly messagesPerMinute: number;
  readonly visitorBytesPerDay: number;
  readonly addressBytesPerDay: number;
  readonly allBytesPerDay: number;
  /** Visitors leave this much of the disk free. */
  readonly minFreeDiskBytes: number;
}

/**
 * The configuration that these variables describe.
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
    // Read when the server runs: the bundler need not look for what may lie there.
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

/** This process' environment. (Read as a whole: `next build` would write single `NEXT_PUBLIC_…` ones into the bundle.) */
export function environment(): Environment {
  return process.env;
}
