import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

import { canSave } from './can-save.ts';
import { PrismaClient } from './generated/client.ts';
import { ImpatientClient } from './impatient-client.ts';
import { timed, timeQueries, type TimeListener } from './query-times.ts';
import { statementName } from './statement-name.ts';
import { transact, type Transaction } from './transact.ts';

/** What `openDatabase` needs to know. */
export interface DatabaseOptions {
  /** A `postgresql://` URL. */
  readonly url: string;
  /** Shown in `pg_stat_activity`, so that it can be seen who holds a connection. */
  readonly applicationName: string;
  /** Connections at most, beside those of `transact`. */
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
const HOT_SETTINGS = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off';

/**
 * Opens a pool and a Prisma client on it. Nothing is connected yet: the first query does that, and a database that is away shows as an error of
 * that query (see `isUnavailable`), never as a hanging one: `pg` has no acquire timeout of its own accord.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const report = options.onError ?? (() => undefined);
  const tellTime = options.onTime ?? (() => undefined);
  const pool = openPool(options, { max: options.poolSize ?? 10 });
  const hot = openPool(options, { max: TRANSACT_CONNECTIONS, query_timeout: 0 }, HOT_SETTINGS);
  timeQueries(pool, tellTime);
  const adapter = new PrismaPg(pool, {
    onPoolError: report,
    onConnectionError: report,
    // Prepared statements are cached by their text: the hot queries are few and planning them is a third of their cost.
    statementNameGenerator: ({ sql }) => statementName(sql) ?? '',
  });
  const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: CONNECTION_TIMEOUT_MS, timeout: STATEMENT_TIMEOUT_MS } });
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
      await pool.query('SELECT 1');
    },
    canSave: async () => await canSave(async (work) => await transact(hot, TRANSACTION_TIMEOUT_MS, work)),
    async close() {
      await prisma.$disconnect();
      await Promise.all([pool.end(), hot.end()]);
    },
  };
}

function openPool({ url, applicationName, onError }: DatabaseOptions, kind: pg.PoolConfig, settings = ''): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    Client: ImpatientClient,
    // Prisma's adapter reads every timestamptz as if it were UTC, so the session's time zone must be.
    options: `-c TimeZone=UTC ${settings}`,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // The server's own timeout cannot fire when the server is frozen or the network swallows packets; this one runs here.
    query_timeout: STATEMENT_TIMEOUT_MS + SERVER_GRACE_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    ...kind,
  });
  pool.on('error', onError ?? (() => undefined));
  // A server that shuts down may end a connection in the same packet that completes it, before whoever waits for it can listen. An error that nobody
  // listens to would end the process; everybody who uses the connection hears of it by the query that fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
