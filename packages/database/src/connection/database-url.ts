import type pg from 'pg';

import { DatabaseUrlError } from './database-url-error.ts';
import { tlsOf, type TlsOptions } from './tls.ts';

/** A parsed DATABASE_URL. */
export interface ConnectionTarget {
  /** Host and credentials. */
  readonly config: Pick<pg.ClientConfig, 'user' | 'password' | 'database' | 'host' | 'port' | 'options' | 'enableChannelBinding'> & {
    readonly ssl: TlsOptions | false;
    readonly sslnegotiation?: 'direct';
  };
  /** Whether to connect without TLS where the server does not support it (`sslmode=prefer`). */
  readonly tlsOptional: boolean;
  /** The schema of our tables. */
  readonly schema: string;
  /** The maximum number of connections of one process, if given. */
  readonly connectionLimit: number | undefined;
  /** The timeouts for getting a connection from the pool and for opening one, in milliseconds, if given. */
  readonly poolTimeoutMs: number | undefined;
  readonly connectTimeoutMs: number | undefined;
  /** The database's name and host for people, without user and password. */
  readonly name: string;
  /** `host:port`, or the path of the socket. */
  readonly place: string;
}

/** Parameters of other clients that have no effect here. */
const WITHOUT_EFFECT = new Set([
  'application_name',
  'fallback_application_name',
  'gssencmode',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'krbsrvname',
  'max_connection_lifetime',
  'max_idle_connection_lifetime',
  'pgbouncer',
  'single_use_connections',
  'socket_timeout',
  'statement_cache_size',
  'tcp_user_timeout',
  'uselibpqcompat',
]);
const USED = new Set(
  [
    'schema connection_limit pool_timeout connect_timeout options host port user password dbname',
    'sslmode sslrootcert sslcert sslkey sslpassword sslidentity sslaccept sslnegotiation ssl',
    'channel_binding client_encoding target_session_attrs',
  ].flatMap((names) => names.split(' ')),
);

const HOST_LEFT_OUT = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)(?=[/?#]|$)/;
/** One connection for the pool, and one for `transact`. */
const FEWEST_CONNECTIONS = 2;

/**
 * Parses a DATABASE_URL like Prisma and libpq.
 *
 * @throws DatabaseUrlError for values that can't be honored; it names the parameter and never shows the URL
 */
export function parseDatabaseUrl(text: string): ConnectionTarget {
  // `postgresql://user@/db?host=/run/postgresql` is valid for PostgreSQL, but the URL parser needs a host.
  const complete = text.replace(HOST_LEFT_OUT, '$1localhost');
  if (!/^postgres(?:ql)?:\/\//.test(text) || !URL.canParse(complete))
    throw new DatabaseUrlError('it must be an address such as postgresql://user:password@host:5432/switchboard');
  const url = new URL(complete);
  const parameters = new Map(url.searchParams);
  refuseUnknown(parameters);
  const host = parameters.get('host') || decode(url.hostname).replace(/^\[(.+)\]$/, '$1');
  if (host.includes(',')) throw new DatabaseUrlError('it names several hosts; it must name one');
  const port = wholeNumber(parameters, 'port', 1, 65_535) ?? Number(url.port || '5432');
  const database = parameters.get('dbname') || decode(url.pathname.slice(1)) || undefined;
  const user = parameters.get('user') || decode(url.username) || undefined;
  const password = parameters.get('password') || decode(url.password) || undefined;
  const options = parameters.get('options');
  const place = host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const tls = tlsOf(parameters, host);
  return {
    config: {
      host,
      port,
      database: database ?? user,
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(options === undefined ? {} : { options }),
      ...(parameters.get('channel_binding') === 'require' ? { enableChannelBinding: true } : {}),
      ...tls.config,
    },
    tlsOptional: tls.optional,
    schema: schemaOf(parameters),
    connectionLimit: wholeNumber(parameters, 'connection_limit', FEWEST_CONNECTIONS, 10_000),
    poolTimeoutMs: seconds(parameters, 'pool_timeout'),
    connectTimeoutMs: seconds(parameters, 'connect_timeout'),
    name: `${database ?? user ?? ''} at ${place}`,
    place,
  };
}

function refuseUnknown(parameters: ReadonlyMap<string, string>): void {
  for (const [name, value] of parameters) {
    if (!USED.has(name) && !WITHOUT_EFFECT.has(name))
      throw new DatabaseUrlError(`it has the parameter "${name}", which is not supported; docs/deployment.md lists the supported ones`);
    if (name === 'client_encoding' && !/^utf-?8$/i.test(value))
      throw new DatabaseUrlError(`client_encoding is "${value}"; it must be UTF8 or left out`);
    if (name === 'target_session_attrs' && !['any', 'read-write', 'primary'].includes(value))
      throw new DatabaseUrlError(`target_session_attrs is "${value}"; it must be any, read-write or primary`);
  }
}

/** Prisma puts the name between double quotes without escaping it, so it must not contain any. */
function schemaOf(parameters: ReadonlyMap<string, string>): string {
  const schema = parameters.get('schema') || 'public';
  if (/["\0]|^pg_/.test(schema) || Buffer.byteLength(schema) > 63)
    throw new DatabaseUrlError(
      `schema is "${schema}"; it must be a name of at most 63 bytes, without a double quote, that does not begin with pg_`,
    );
  return schema;
}

function wholeNumber(parameters: ReadonlyMap<string, string>, name: string, min: number, max: number): number | undefined {
  const value = parameters.get(name);
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,9}$/.test(value) || Number(value) < min || Number(value) > max)
    throw new DatabaseUrlError(`${name} is "${value}"; it must be a whole number from ${min} to ${max}`);
  return Number(value);
}

/** 0 means no timeout in the URL; here every wait has a timeout, so 0 counts as not given. */
function seconds(parameters: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = wholeNumber(parameters, name, 0, 86_400);
  return value === undefined || value === 0 ? undefined : value * 1_000;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new DatabaseUrlError('it contains a % that is not part of an escape sequence: write %25 for a percent sign');
  }
}
