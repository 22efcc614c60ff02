import pg from 'pg';

import { type ConnectionTarget, parseDatabaseUrl } from './database-url.ts';
import { Backends, checkSessions, SessionClient, type SessionConfig, type SessionSettings } from './session-client.ts';

/** Whom this process is connected to, by database. */
const known = new Map<string, Backends>();

/** Those of one database. */
export function backendsOf(target: ConnectionTarget): Backends {
  const backends = known.get(target.name) ?? new Backends();
  known.set(target.name, backends);
  return backends;
}

/** What every connection to a database has in common: where it goes, its name, and what is set on it. */
export function sessionConfig(target: ConnectionTarget, applicationName: string, settings: SessionSettings = {}): SessionConfig {
  return {
    ...target.config,
    application_name: applicationName,
    keepAlive: true,
    session: {
      settings: {
        // Prisma's adapter reads every timestamptz as if it were UTC, so the session's time zone must be.
        TimeZone: 'UTC',
        // As Prisma has it: one schema, also for SQL that does not name it.
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
 * A single connection to the database at `url`, not yet connected: times in UTC, our schema first. Whoever makes it ends it.
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
 * Makes sure that connections to the database at `url` are what Switchboard takes them for: each one of the server's own, in UTC.
 *
 * @throws SessionError when a pooler mixes them, and the error of a connection that is not to be had
 */
export async function checkConnections(url: string): Promise<void> {
  await checkSessions(() => createClient(url, 'switchboard-check'));
}
