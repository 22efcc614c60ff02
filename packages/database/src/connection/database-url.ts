import type pg from 'pg';

import { DatabaseUrlError } from './database-url-error.ts';
import { tlsOf, type TlsOptions } from './tls.ts';

/** What a DATABASE_URL says. */
export interface ConnectionTarget {
  /** Where to connect, and as whom. */
  readonly config: Pick<pg.ClientConfig, 'user' | 'password' | 'database' | 'host' | 'port' | 'options' | 'enableChannelBinding'> & {
    readonly ssl: TlsOptions | false;
    readonly sslnegotiation?: 'direct';
  };
  /** Fall back to a connection without TLS where the server has none (`sslmode=prefer`). */
  readonly tlsOptional: boolean;
  /** The schema that holds our tables. */
  readonly schema: string;
  /** Connections of one process at most; undefined: not said. */
  readonly connectionLimit: number | undefined;
  /** How long to wait for a connection of the pool, and for a new one, in milliseconds; undefined: not said. */
  readonly poolTimeoutMs: number | undefined;
  readonly connectTimeoutMs: number | undefined;
  /** The database for people: its name and place, without user and password. */
  readonly name: string;
  /** `host:port`, or the path of the socket. */
  readonly place: string;
}

/** Parameters that other clients know and that change nothing that could be noticed here. */
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
/** One connection of the pool, and one for transactions beside it. */
const FEWEST_CONNECTIONS = 2;

/**
 * Reads a DATABASE_URL as Prisma and libpq do.
 *
 * @throws DatabaseUrlError for what can't be honored, in a sentence that names the parameter and never shows the URL
 */
export function parseDatabaseUrl(text: string): ConnectionTarget {
  // `postgresql://user@/db?host=/run/postgresql` is right for PostgreSQL; URLs of other protocols need a host there.
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
      throw new DatabaseUrlError(`it has the parameter "${name}", which is not known; the known ones are in docs/deployment.md`);
    if (name === 'client_encoding' && !/^utf-?8$/i.test(value))
      throw new DatabaseUrlError(`client_encoding is "${value}"; it must be UTF8 or left out`);
    if (name === 'target_session_attrs' && !['any', 'read-write', 'primary'].includes(value))
      throw new DatabaseUrlError(`target_session_attrs is "${value}"; it must be any, read-write or primary`);
  }
}

/** Prisma writes the name between double quotes as it is, so it may hold none. */
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

/** 0 means without end there; what is given here has an end of its own, so it counts as not said. */
function seconds(parameters: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = wholeNumber(parameters, name, 0, 86_400);
  return value === undefined || value === 0 ? undefined : value * 1_000;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new DatabaseUrlError('it has a % that begins no character: write %25 for a percent sign');
  }
}
