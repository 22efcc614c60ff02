import type pg from 'pg';

import { TimeoutClosingClient } from './timeout-closing-client.ts';
import { serverSpeaksTls } from './server-speaks-tls.ts';

/** Server settings by name, as for `SET`. */
export type SessionSettings = Readonly<Record<string, string>>;

/** How long connections stay refused after a pooler mixed them, in milliseconds. */
const REMEMBER_MS = 60_000;

/** The server processes of one database that this process is connected to. */
export class Backends {
  readonly #known = new Set<number>();
  #mixedAt = Number.NEGATIVE_INFINITY;

  /** @throws SessionError for a server process that another connection already uses */
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

  /** @throws SessionError when connections were mixed recently: open ones still work, but can't be trusted */
  requireUnmixed(): void {
    if (performance.now() - this.#mixedAt < REMEMBER_MS) throw new SessionError(POOLED);
  }
}

/** The configuration of a `SessionClient`: that of `pg`, and more. */
export interface SessionConfig extends pg.ClientConfig {
  readonly session?: {
    readonly settings: SessionSettings;
    /** Whether to connect without TLS where the server does not support it. */
    readonly tlsOptional: boolean;
    readonly backends: Backends;
  };
}

/** The database, or a pooler in front of it, does not keep the settings of a connection. The message is for people. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
}

/** The timeout for applying settings to a connection, in milliseconds. A pool's own timeout is shorter. */
const SETTINGS_TIMEOUT_MS = 5_000;

const POOLED =
  'The connection pooler in front of the database shares server connections between clients (transaction or statement pooling). Switchboard needs session pooling, because settings and prepared statements must stay on a connection. In PgBouncer: pool_mode = session.';

/**
 * A client that applies settings with a statement after it connects: a pooler refuses or drops settings among the startup parameters, and a URL's `options`
 * override them.
 */
export class SessionClient extends TimeoutClosingClient {
  readonly #session: SessionConfig['session'];
  #backend: number | undefined;

  constructor(config: SessionConfig = {}) {
    super(config);
    this.#session = config.session;
    this.once('end', () => this.#forget());
    // A server that shuts down may close a connection in the same packet that completes it, before anyone can add a listener. An error event without a listener
    // would end the process; the user of the connection gets the error from the failing query.
    this.on('error', () => undefined);
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error) => void): undefined;
  override connect(callback?: (error: Error) => void): Promise<this> | undefined {
    if (callback === undefined) return this.#connect();
    void this.#connectFor(callback as (error?: Error) => void);
    return undefined;
  }

  /** For a pool, which passes a callback. */
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
    if (this.#session?.tlsOptional === true && !(await serverSpeaksTls(this.host, this.port))) this.#disableTls();
    await super.connect();
    try {
      await this.#applySettings();
    } catch (error) {
      // No one else closes a connection whose setup failed.
      void this.end();
      throw error;
    }
    return this;
  }

  #disableTls(): void {
    const connection = this.connection as { ssl?: unknown };
    connection.ssl = false;
    (this as { ssl?: unknown }).ssl = false;
  }

  async #applySettings(): Promise<void> {
    if (this.#session === undefined) return;
    const { settings, backends } = this.#session;
    const names = Object.keys(settings);
    const columns = names.map((name) => `set_config('${name}', ${this.escapeLiteral(settings[name] ?? '')}, false) AS "${name}"`);
    const text = `SELECT pg_backend_pid() AS backend, ${columns.join(', ')}`;
    const asked: unknown = this.query({ text, query_timeout: SETTINGS_TIMEOUT_MS });
    const { rows } = await (asked as Promise<pg.QueryResult<Record<string, string> & { backend: number }>>);
    const [row] = rows;
    if (row === undefined || row.TimeZone !== settings.TimeZone)
      throw new SessionError(
        `The database does not accept the time zone UTC for a connection (it reports ${row?.TimeZone ?? 'nothing'}), so times would be wrong.`,
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
 * Verifies that two connections have two server processes, for as long as they are open.
 *
 * @throws SessionError when a pooler mixes connections
 */
export async function checkSessions(open: () => pg.Client): Promise<void> {
  const [one, other] = [open(), open()];
  try {
    await one.connect();
    const before = await readSession(one);
    await other.connect();
    // While the other connection is in a transaction, the first one must still have its own server process.
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
