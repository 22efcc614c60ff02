import type pg from 'pg';

import { ImpatientClient } from './impatient-client.ts';
import { serverSpeaksTls } from './server-speaks-tls.ts';

/** Settings of the server, by name, as `SET` takes them. */
export type SessionSettings = Readonly<Record<string, string>>;

/** How long a pooler that was caught mixing connections is remembered, in milliseconds. */
const REMEMBER_MS = 60_000;

/** The server's processes that this process is connected to, of one database. */
export class Backends {
  readonly #known = new Set<number>();
  #mixedAt = Number.NEGATIVE_INFINITY;

  /** @throws SessionError for a process that another connection has already */
  add(backend: number): void {
    if (this.#known.has(backend)) {
      this.#mixedAt = performance.now();
      throw new SessionError(POOLED);
    }
    this.#known.add(backend);
  }

  delete(backend: number): void {
    this.#known.delete(backend);
  }

  /** @throws SessionError when connections were mixed a moment ago: those that are open work on, and can't be relied on */
  requireUnmixed(): void {
    if (performance.now() - this.#mixedAt < REMEMBER_MS) throw new SessionError(POOLED);
  }
}

/** What a `SessionClient` is made from, beside what `pg` knows. */
export interface SessionConfig extends pg.ClientConfig {
  readonly session?: {
    readonly settings: SessionSettings;
    /** Do without TLS where the server has none. */
    readonly tlsOptional: boolean;
    readonly backends: Backends;
  };
}

/** The database, or what stands before it, does not keep what was set for a connection. The message is a sentence for people. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
}

/** How long the server may take to settle a connection, in milliseconds. A pool gives up earlier. */
const SETTLE_TIMEOUT_MS = 5_000;

const POOLED =
  'The connection pooler before the database gives one connection of the server to several clients (transaction or statement pooling). Switchboard needs session pooling: what is set and prepared on a connection must stay there. In PgBouncer: pool_mode = session.';

/**
 * A connection with settings of its own. They are made by a statement once it is open: as parameters of the start a pooler refuses or drops them, and the
 * `options` of a URL replace them.
 */
export class SessionClient extends ImpatientClient {
  readonly #session: SessionConfig['session'];
  #backend: number | undefined;

  constructor(config: SessionConfig = {}) {
    super(config);
    this.#session = config.session;
    this.once('end', () => this.#forget());
    // A server that shuts down may end a connection in the same packet that completes it, before anybody can listen. An error that nobody listens to would
    // end the process; whoever uses the connection hears of it by the query that fails.
    this.on('error', () => undefined);
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error) => void): undefined;
  override connect(callback?: (error: Error) => void): Promise<this> | undefined {
    if (callback === undefined) return this.#connect();
    void this.#connectFor(callback as (error?: Error) => void);
    return undefined;
  }

  /** For a pool, which waits with a callback. */
  async #connectFor(callback: (error?: Error) => void): Promise<void> {
    let failure: Error | undefined;
    try {
      await this.#connect();
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    callback(failure);
  }

  async #connect(): Promise<this> {
    if (this.#session?.tlsOptional === true && !(await serverSpeaksTls(this.host, this.port))) this.#doWithoutTls();
    await super.connect();
    try {
      await this.#settle();
    } catch (error) {
      // Nobody else ends a connection that has failed to come about.
      void this.end();
      throw error;
    }
    return this;
  }

  #doWithoutTls(): void {
    const connection = this.connection as { ssl?: unknown };
    connection.ssl = false;
    (this as { ssl?: unknown }).ssl = false;
  }

  async #settle(): Promise<void> {
    if (this.#session === undefined) return;
    const { settings, backends } = this.#session;
    const names = Object.keys(settings);
    const columns = names.map((name) => `set_config('${name}', ${this.escapeLiteral(settings[name] ?? '')}, false) AS "${name}"`);
    const text = `SELECT pg_backend_pid() AS backend, ${columns.join(', ')}`;
    const asked: unknown = this.query({ text, query_timeout: SETTLE_TIMEOUT_MS });
    const { rows } = await (asked as Promise<pg.QueryResult<Record<string, string> & { backend: number }>>);
    const [row] = rows;
    if (row === undefined || row.TimeZone !== settings.TimeZone)
      throw new SessionError(
        `The database does not take the time zone UTC for a connection (it says ${row?.TimeZone ?? 'nothing'}), so times would be wrong.`,
      );
    backends.add(row.backend);
    this.#backend = row.backend;
  }

  #forget(): void {
    if (this.#backend !== undefined) this.#session?.backends.delete(this.#backend);
    this.#backend = undefined;
  }
}

/**
 * Makes sure that two connections are two connections of the server, for as long as they last.
 *
 * @throws SessionError when a pooler mixes them
 */
export async function checkSessions(open: () => pg.Client): Promise<void> {
  const [one, other] = [open(), open()];
  try {
    await one.connect();
    const before = await readSession(one);
    await other.connect();
    // While the other one holds its connection of the server, the first one must still have its own.
    await other.query('BEGIN');
    await readSession(other);
    const after = await readSession(one);
    if (before?.backend !== after?.backend) throw new SessionError(POOLED);
    if (after?.zone !== 'UTC')
      throw new SessionError(
        `The time zone of a connection is ${after?.zone ?? 'unknown'} after it was set to UTC, so times would be wrong.`,
      );
  } finally {
    await Promise.allSettled([one.end(), other.end()]);
  }
}

async function readSession(client: pg.Client): Promise<{ backend: number; zone: string } | undefined> {
  const { rows } = await client.query<{ backend: number; zone: string }>(
    `SELECT pg_backend_pid() AS backend, current_setting('TimeZone') AS zone`,
  );
  return rows[0];
}
