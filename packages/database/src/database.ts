import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

import { backendsOf, sessionConfig } from './connection/connections.ts';
import { type ConnectionTarget, parseDatabaseUrl } from './connection/database-url.ts';
import { SessionClient, SessionError, type SessionSettings } from './connection/session-client.ts';
import { canSave } from './can-save.ts';
import { PrismaClient } from './generated/client.ts';
import { timed, timeQueries, type TimeListener } from './query-times.ts';
import { statementName } from './statement-name.ts';
import { transact, type Transaction } from './transact.ts';

/** The options of `openDatabase`. */
export interface DatabaseOptions {
  /** A `postgresql://` URL, with the parameters of docs/deployment.md. */
  readonly url: string;
  /** The name in `pg_stat_activity`, which shows who holds a connection. */
  readonly applicationName: string;
  /** The maximum number of connections, without those of `transact`. The URL's `connection_limit` covers both. */
  readonly poolSize?: number;
  /** Called when an idle connection breaks. */
  readonly onError?: (error: Error) => void;
  readonly onTime?: TimeListener;
}

/** An open database: Prisma on our own pool, and a few separate connections for frequent transactions. */
export interface Database {
  readonly prisma: PrismaClient;
  /**
   * Runs `work` in a transaction on a separate connection, without Prisma: for a few frequent statements that find their rows by an index. It is committed when
   * this resolves. When it rejects, it was rolled back, unless the connection broke during the commit.
   *
   * @param withinMs the timeout, including the wait for a connection
   */
  transact<T>(work: (tx: Transaction) => Promise<T>, withinMs?: number): Promise<T>;
  /** All connections, idle ones, and requests that wait for one. */
  poolState(): { total: number; idle: number; waiting: number };
  /** Resolves when the database answers; rejects within the connection timeout when it does not. */
  ping(): Promise<void>;
  /**
   * Resolves when a message could be saved now: the server accepts writes and has disk space, and the unique keys that prevent duplicates exist. Changes
   * nothing. Costs two round trips; use `ping` for frequent checks.
   *
   * @throws CannotSaveError when a key is missing, and the database's error when it refuses the write
   */
  canSave(): Promise<void>;
  close(): Promise<void>;
}

/** How long a request waits for a connection before it fails as unavailable, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 1_500;
const DEFAULT_POOL_SIZE = 10;
/** The timeout of a statement and of an idle transaction. With the values above and below it stays under 5 s, the longest that a request may hang. */
const STATEMENT_TIMEOUT_MS = 3_000;
/** How much later the client times out, in case the server is frozen or unreachable and can't. */
const SERVER_GRACE_MS = 300;
/** The default timeout of `transact`. */
const TRANSACTION_TIMEOUT_MS = 4_500;

/**
 * The number of connections for `transact`: as many as packages/chat runs transactions at the same time. They are separate, so that these transactions never
 * wait behind a slow query.
 */
const TRANSACT_CONNECTIONS = 2;

/**
 * The statements of `transact` are planned once, not for every call (planning is a fifth of their cost). So that the plan does not depend on how small a
 * table was at that time, it never scans a table that has an index.
 */
const TRANSACT_SETTINGS = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off', enable_bitmapscan: 'off' };

/**
 * Opens a pool and a Prisma client on it. The first query connects. If the database is down, that query fails (see `isUnavailable`) instead of hanging: `pg`
 * has no acquire timeout by default.
 *
 * @throws DatabaseUrlError for a URL that can't be honored
 */
export function openDatabase(options: DatabaseOptions): Database {
  const report = options.onError ?? (() => undefined);
  const onTime = options.onTime ?? (() => undefined);
  const target = parseDatabaseUrl(options.url);
  const limit = target.connectionLimit ?? Infinity;
  const transactPoolSize = limit > TRANSACT_CONNECTIONS ? TRANSACT_CONNECTIONS : 1;
  const pool = openPool(options, target, { max: Math.min(options.poolSize ?? DEFAULT_POOL_SIZE, limit - transactPoolSize) });
  const transactPool = openPool(options, target, { max: transactPoolSize, query_timeout: 0 }, TRANSACT_SETTINGS);
  timeQueries(pool, onTime);
  const adapter = new PrismaPg(pool, {
    schema: target.schema,
    onPoolError: report,
    onConnectionError: report,
    // Prepared statements are cached by their text: there are few frequent queries, and planning is a third of their cost.
    statementNameGenerator: ({ sql }) => statementName(sql) ?? '',
  });
  const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: connectionTimeout(target), timeout: STATEMENT_TIMEOUT_MS } });
  const sum = (read: (from: pg.Pool) => number) => read(pool) + read(transactPool);
  return {
    prisma,
    transact: async (work, withinMs = TRANSACTION_TIMEOUT_MS) =>
      await timed('transaction', onTime, async () => await transact(transactPool, withinMs, work)),
    poolState: () => ({
      total: sum((from) => from.totalCount),
      idle: sum((from) => from.idleCount),
      waiting: sum((from) => from.waitingCount),
    }),
    async ping() {
      backendsOf(target).requireUnmixed();
      const { rows } = await pool.query<{ zone: string }>(`SELECT current_setting('TimeZone') AS zone`);
      if (rows[0]?.zone !== 'UTC')
        throw new SessionError(`The time zone of a connection is ${rows[0]?.zone ?? 'unknown'} after it was set to UTC.`);
    },
    async canSave() {
      backendsOf(target).requireUnmixed();
      await canSave(async (work) => await transact(transactPool, TRANSACTION_TIMEOUT_MS, work));
    },
    async close() {
      await prisma.$disconnect();
      await Promise.all([pool.end(), transactPool.end()]);
    },
  };
}

/** The timeout for an idle or a new connection: the URL's value, up to the limit of a request. */
function connectionTimeout({ poolTimeoutMs = Infinity, connectTimeoutMs = Infinity }: ConnectionTarget): number {
  return Math.min(CONNECTION_TIMEOUT_MS, poolTimeoutMs, connectTimeoutMs);
}

function openPool(
  { applicationName, onError }: DatabaseOptions,
  target: ConnectionTarget,
  kind: pg.PoolConfig,
  settings: SessionSettings = {},
): pg.Pool {
  const timeouts = {
    statement_timeout: String(STATEMENT_TIMEOUT_MS),
    idle_in_transaction_session_timeout: String(STATEMENT_TIMEOUT_MS),
  };
  const pool = new pg.Pool({
    ...sessionConfig(target, applicationName, { ...timeouts, ...settings }),
    Client: SessionClient,
    connectionTimeoutMillis: connectionTimeout(target),
    idleTimeoutMillis: 30_000,
    // The server's timeout can't fire when the server is frozen or the network drops packets; this one runs in the client.
    query_timeout: STATEMENT_TIMEOUT_MS + SERVER_GRACE_MS,
    ...kind,
  });
  pool.on('error', onError ?? (() => undefined));
  return pool;
}
