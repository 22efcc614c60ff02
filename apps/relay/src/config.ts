import { ConfigError, frontendOrigins, readVariables, requireStrongSecrets, type Environment } from '@switchboard/config';
import type { LogLevel } from '@switchboard/telemetry';

/** The relay's settings, parsed and complete. */
export interface Config {
  /** 0: any free port (tests). */
  readonly port: number;
  /** The address to listen on; undefined: every interface. */
  readonly host: string | undefined;
  /** Exact origins of pages that may connect: `https://chat.example`. */
  readonly allowedOrigins: readonly string[];
  /** The first one signs; tokens signed with any of them are accepted. */
  readonly jwtSecrets: readonly [string, ...string[]];
  /** Whether a socket without a token may join as a client. */
  readonly allowAnonymousClients: boolean;
  /** Whether markup is removed from what is relayed. */
  readonly sanitizeHtml: boolean;
  /** Bytes of one socket message, text and attachments together. */
  readonly maxPayloadBytes: number;
  /** The same for sockets without a token. */
  readonly maxAnonymousPayloadBytes: number;
  /** Bytes of the largest message that Engine.IO accepts: a larger one ends the connection, one between the two limits is refused with an error. */
  readonly bufferBytes: number;
  readonly transports: readonly ('websocket' | 'polling')[];
  /** How often a ping is sent to each peer, and how long it has to answer. */
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  readonly upgradeTimeoutMs: number;
  /** Messages of at least this size are compressed; undefined: none are. */
  readonly compression: { readonly thresholdBytes: number } | undefined;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** New visitors without a token from one IP address in a minute. */
  readonly newcomersPerMinute: number;
  /** How many trusted reverse proxies stand in front and append to `X-Forwarded-For`. */
  readonly trustedHops: number;
  readonly logLevel: LogLevel;
  /** Connects this node with others; undefined: a single node. */
  readonly redisUrl: string | undefined;
  /** The longest time over which connections are ended when the relay stops. Milliseconds. */
  readonly drainMs: number;
  readonly metricsToken: string | undefined;
  /** Whether private parts of Socket.IO and Engine.IO are used where that is faster (see `engine/`). */
  readonly engineShortcuts: boolean;
}

/**
 * The configuration that these variables describe.
 *
 * @throws ConfigError for the first variable that is missing or wrong, or a weak secret in production
 */
export function readConfig(env: Environment): Config {
  const values = readVariables(env, ['JWT_SECRET']);
  requireStrongSecrets(values, env);
  return {
    port: values.SOCKET_PORT,
    host: values.SOCKET_HOST,
    allowedOrigins: frontendOrigins(values),
    jwtSecrets: [values.JWT_SECRET, ...(values.JWT_SECRET_PREVIOUS === undefined ? [] : [values.JWT_SECRET_PREVIOUS])],
    allowAnonymousClients: values.ALLOW_ANONYMOUS_CLIENTS,
    sanitizeHtml: values.SANITIZE_HTML,
    maxPayloadBytes: values.MAX_SOCKET_PAYLOAD_BYTES,
    maxAnonymousPayloadBytes: anonymousPayloadBytes(env['MAX_SOCKET_PAYLOAD_BYTES'] ? values.MAX_SOCKET_PAYLOAD_BYTES : undefined),
    bufferBytes: bufferBytes(values.SOCKET_BUFFER_BYTES, values.MAX_SOCKET_PAYLOAD_BYTES),
    transports: values.SOCKET_TRANSPORTS,
    pingIntervalMs: values.SOCKET_PING_INTERVAL_MS,
    pingTimeoutMs: values.SOCKET_PING_TIMEOUT_MS,
    upgradeTimeoutMs: values.SOCKET_UPGRADE_TIMEOUT_MS,
    compression: values.SOCKET_COMPRESSION ? { thresholdBytes: values.SOCKET_COMPRESSION_THRESHOLD_BYTES } : undefined,
    maxConnections: values.MAX_CONNECTIONS,
    maxConnectionsPerAddress: values.MAX_CONNECTIONS_PER_ADDRESS,
    newcomersPerMinute: NEWCOMERS_PER_SESSION * values.SESSIONS_PER_MINUTE,
    trustedHops: values.TRUST_PROXY,
    logLevel: values.LOG_LEVEL,
    redisUrl: values.REDIS_URL,
    drainMs: values.DRAIN_SECONDS * 1_000,
    metricsToken: values.METRICS_TOKEN,
    engineShortcuts: values.SOCKET_ENGINE_SHORTCUTS,
  };
}

/** An old front-end is a new visitor with every page that it loads; a visitor with a token starts one conversation. */
const NEWCOMERS_PER_SESSION = 3;

/** Bytes of one socket message without a token, which every console receives, unless the limit of messages is set. Enough for any text. */
const ANONYMOUS_PAYLOAD_BYTES = 64 * 1_024;

/**
 * Bytes of one socket message without a token.
 *
 * @param given the limit of messages, if it is set
 */
export function anonymousPayloadBytes(given: number | undefined): number {
  return given ?? ANONYMOUS_PAYLOAD_BYTES;
}

/**
 * Bytes of the largest message that Engine.IO accepts. Unless it is set, a message that is up to a megabyte too large is still answered with an error.
 *
 * @throws ConfigError when it is set and less than a message may have
 */
export function bufferBytes(given: number | undefined, maxPayloadBytes: number): number {
  if (given === undefined) return maxPayloadBytes + Math.min(maxPayloadBytes, 1_000_000);
  if (given >= maxPayloadBytes) return given;
  throw new ConfigError(`SOCKET_BUFFER_BYTES is "${given}"; it must be at least MAX_SOCKET_PAYLOAD_BYTES, which is ${maxPayloadBytes}.`);
}

/** The environment of this process. */
export function environment(): Environment {
  return process.env;
}
