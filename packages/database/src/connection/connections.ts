import pg from 'pg';

import { type ConnectionTarget, parseDatabaseUrl } from './database-url.ts';
import { Backends, checkSessions, SessionClient, type SessionConfig, type SessionSettings } from './session-client.ts';

/** The server processes that this process is connected to, by database. */
const known = new Map<string, Backends>();

/** The server processes of one database. */
export function backendsOf(target: ConnectionTarget): Backends {
  const backends = known.get(target.name) ?? new Backends();
  known.set(target.name, backends);
  return backends;
}

/** The common configuration of all connections to a database: target, application name and settings. */
export function sessionConfig(target: ConnectionTarget, applicationName: string, settings: SessionSettings = {}): SessionConfig {
  return {
    ...target.config,
    application_name: applicationName,
    keepAlive: true,
    session: {
      settings: {
        // Prisma's adapter reads every timestamptz as UTC, so the session's time zone must be UTC.
        TimeZone: 'UTC',
        // One schema, as in Prisma, also for SQL that does not name it.
        search_path: pg.escapeIdentifier(target.schema),
        ...settings,
      },
      tlsOptional: target.tlsOptional,
      backends: backendsOf(target),
    },
  };
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * A single client for the database at `url`, not yet connected, with times in UTC and our schema first. The caller ends it.
 *
 * @throws DatabaseUrlError
 */
export function createClient(url: string, applicationName: string): pg.Client {
  const target = parseDatabaseUrl(url);
  return new SessionClient({
    ...sessionConfig(target, applicationName),
    connectionTimeoutMillis: target.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  });
}

/**
 * Verifies that connections to the database at `url` behave as Switchboard needs: each has its own server process and the time zone UTC.
 *
 * @throws SessionError when a pooler mixes connections, and the error of a failed connection
 */
export async function checkConnections(url: string): Promise<void> {
  await checkSessions(() => createClient(url, 'switchboard-check'));
}
