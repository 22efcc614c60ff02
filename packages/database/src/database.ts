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

/** What `openDatabase` needs to know. */
export interface DatabaseOptions {
  /** A `postgresql://` URL, with the parameters of docs/deployment.md. */
  readonly url: string;
  /** Shown in `pg_stat_activity`, so that it can be seen who holds a connection. */
  readonly applicationName: string;
  /** Connections at most, beside those of `transact`. The URL's `connection_limit` is for both together. */
  readonly poolSize?: number;
  /** Told of connections that break while idle; without a listener they would end the process. */
  readonly onError?: (error: Error) => void;
  readonly onTime?: TimeListener;
}

/** An open database: Prisma on a pool of ours, and a few connections beside it for what is hot. */
export interface Database {
  readonly prisma: PrismaClient;
  /**
   * Runs `work` in a transaction on a connection of its own kind, without Prisma in between: for few, hot statements that find their rows by an index. It is committed when this resolves. When it rejects nothing has happened, unless the connection broke during the commit.
   *
   * @param withinMs how long it may take in all, waiting for a connection included
   */
  transact<T>(work: (tx: Transaction) => Promise<T>, withinMs?: number): Promise<T>;
  /** Connections in all, idle ones, and requests waiting for one. */
  poolState(): { total: number; idle: number; waiting: number };
  /** Resolves when the database answers, rejects within the connection timeout when it doesn't. */
  ping(): Promise<void>;
  /**
   * Resolves when a message could be saved at this moment: the server takes writes and has space for them, and the unique keys that saving once rests on
   * are there. Leaves nothing. Costs two round trips; `ping` is for asking often.
   *
   * @throws CannotSaveError when a key is missing, and the database's error when it does not take the write
   */
  canSave(): Promise<void>;
  close(): Promise<void>;
}

/** How long a request waits for a connection before it is told that the database is away, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 1_500;
const DEFAULT_POOL_SIZE = 10;
/** How long one statement, and an open transaction doing nothing, may take. Together with the above and the below under 5 s, the longest that a request may hang. */
const STATEMENT_TIMEOUT_MS = 3_000;
/** How much later we give up by ourselves, in case that the server, frozen or out of reach, can't. */
const SERVER_GRACE_MS = 300;
/** How long a transaction of `transact` may take in all. */
const TRANSACTION_TIMEOUT_MS = 4_500;

/**
 * Connections that run what `transact` is given: as many as packages/chat has transactions under way. What has to wait for one of them waits for nothing
 * else: no slow list is in its way.
 */
const TRANSACT_CONNECTIONS = 2;

/**
 * A hot statement is planned once, not for every call (a fifth of what it costs). So its plan must not come from how small a table was then: it never
 * reads a whole table where there is an index.
 */
const HOT_SETTINGS = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off', enable_bitmapscan: 'off' };

/**
 * Opens a pool and a Prisma client on it. Nothing is connected yet: the first query does that, and a database that is away shows as an error of
 * that query (see `isUnavailable`), never as a hanging one: `pg` has no acquire timeout of its own accord.
 *
 * @throws DatabaseUrlError for a URL that can't be honored
 */
export function openDatabase(options: DatabaseOptions): Database {
  const report = options.onError ?? (() => undefined);
  const tellTime = options.onTime ?? (() => undefined);
  const target = parseDatabaseUrl(options.url);
  const limit = target.connectionLimit ?? Infinity;
  const hotSize = limit > TRANSACT_CONNECTIONS ? TRANSACT_CONNECTIONS : 1;
  const pool = openPool(options, target, { max: Math.min(options.poolSize ?? DEFAULT_POOL_SIZE, limit - hotSize) });
  const hot = openPool(options, target, { max: hotSize, query_timeout: 0 }, HOT_SETTINGS);
  timeQueries(pool, tellTime);
  const adapter = new PrismaPg(pool, {
    schema: target.schema,
    onPoolError: report,
    onConnectionError: report,
    // Prepared statements are cached by their text: the hot queries are few and planning them is a third of their cost.
    statementNameGenerator: ({ sql }) => statementName(sql) ?? '',
  });
  const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: connectionTimeout(target), timeout: STATEMENT_TIMEOUT_MS } });
  const sum = (read: (from: pg.Pool) => number) => read(pool) + read(hot);
  return {
    prisma,
    transact: async (work, withinMs = TRANSACTION_TIMEOUT_MS) =>
      await timed('transaction', tellTime, async () => await transact(hot, withinMs, work)),
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
      await canSave(async (work) => await transact(hot, TRANSACTION_TIMEOUT_MS, work));
    },
    async close() {
      await prisma.$disconnect();
      await Promise.all([pool.end(), hot.end()]);
    },
  };
}

/** How long to wait for a connection, an open one or a new one: what the URL says, if that is not longer than a request may take. */
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
    // The server's own timeout cannot fire when the server is frozen or the network swallows packets; this one runs here.
    query_timeout: STATEMENT_TIMEOUT_MS + SERVER_GRACE_MS,
    ...kind,
  });
  pool.on('error', onError ?? (() => undefined));
  return pool;
}
