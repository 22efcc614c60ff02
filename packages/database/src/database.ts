import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

import { PrismaClient } from './generated/client.ts';
import { ImpatientClient } from './impatient-client.ts';

/** What `openDatabase` needs to know. */
export interface DatabaseOptions {
  /** A `postgresql://` URL. */
  readonly url: string;
  /** Shown in `pg_stat_activity`, so that it can be seen who holds a connection. */
  readonly applicationName: string;
  /** Connections at most. */
  readonly poolSize?: number;
  /** Told of connections that break while idle; without a listener they would end the process. */
  readonly onError?: (error: Error) => void;
}

/** An open database: Prisma on a pool of ours. */
export interface Database {
  readonly prisma: PrismaClient;
  /** Connections in all, idle ones, and requests waiting for one. */
  poolState(): { total: number; idle: number; waiting: number };
  /** Resolves when the database answers, rejects within the connection timeout when it doesn't. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How long a request waits for a connection before it is told that the database is away, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 2_500;
/** How long one statement, and an open transaction doing nothing, may take. Together with the above below 5 s, the longest that a request may hang. */
const STATEMENT_TIMEOUT_MS = 4_000;

/**
 * Opens a pool and a Prisma client on it. Nothing is connected yet: the first query does that, and a database that is away shows as an error of
 * that query (see `isUnavailable`), never as a hanging one: `pg` has no acquire timeout of its own accord.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    Client: ImpatientClient,
    // Prisma's adapter reads every timestamptz as if it were UTC, so the session's time zone must be.
    options: '-c TimeZone=UTC',
    application_name: options.applicationName,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // The server's own timeout cannot fire when the server is frozen or the network swallows packets; this one runs here.
    query_timeout: STATEMENT_TIMEOUT_MS + 500,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  });
  const report = options.onError ?? (() => undefined);
  pool.on('error', report);
  const adapter = new PrismaPg(pool, {
    onPoolError: report,
    onConnectionError: report,
    // Prepared statements are cached by their text: the hot queries are few and planning them is a third of their cost.
    statementNameGenerator: ({ sql }) => statementName(sql),
  });
  const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: CONNECTION_TIMEOUT_MS, timeout: STATEMENT_TIMEOUT_MS } });
  return {
    prisma,
    poolState: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async ping() {
      await pool.query('SELECT 1');
    },
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

const statementNames = new Map<string, string>();
/** More different statements than this come only from generated shapes; they go unnamed and so uncached. */
const NAMED_STATEMENTS = 500;

function statementName(sql: string): string {
  const known = statementNames.get(sql);
  if (known !== undefined) return known;
  if (statementNames.size >= NAMED_STATEMENTS) return '';
  const name = `s${statementNames.size}`;
  statementNames.set(sql, name);
  return name;
}
