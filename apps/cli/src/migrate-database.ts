import { setTimeout as delay } from 'node:timers/promises';

import {
  DatabaseUrlError,
  explainConnectionFailure,
  ForeignSchemaError,
  isUnavailable,
  migrate,
  MigrationBlockedError,
  MigrationFailedError,
  MigrationHistoryError,
  migrationsFolder,
  openDatabase,
  parseDatabaseUrl,
  SchemaTooNewError,
  TakeOverError,
} from '@switchboard/database';

import { UserError } from './standalone/user-error.mjs';

/** The oldest supported PostgreSQL. */
const MIN_SERVER_VERSION = 140_000;
const RETRY_MS = 250;
/** How long to keep trying a host that does not respond at all. A server that is starting refuses connections; a silent host stays silent. */
const SILENT_TIMEOUT_MS = 3_000;

/** The prefix of lines that say what a running command is waiting for. */
export const WAITING = 'waiting: ';

/** Errors whose message is complete enough to be shown as it is. */
const SELF_EXPLANATORY = [
  SchemaTooNewError,
  ForeignSchemaError,
  TakeOverError,
  MigrationHistoryError,
  MigrationFailedError,
  MigrationBlockedError,
];

export interface Migrated {
  /** The names of the applied migrations, oldest first. */
  readonly applied: readonly string[];
  readonly operators: number;
  /** Sentences that the user should read. */
  readonly notes: readonly string[];
}

/**
 * Migrates the database to this version's schema, waiting up to `timeoutMs` for it to answer.
 *
 * @param say called with a line that begins with `WAITING` when a migration waits for other sessions
 * @throws UserError when the database does not answer, is too old, was migrated by a newer version, or a migration failed
 */
export async function migrateDatabase(url: string, timeoutMs: number, say: (line: string) => void = () => undefined): Promise<Migrated> {
  const name = describe(url);
  for (const begun = Date.now(); ; await delay(RETRY_MS)) {
    try {
      return await migrateOnce(url, say);
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (error instanceof Error && SELF_EXPLANATORY.some((kind) => error instanceof kind))
        throw new UserError(error.message, { cause: error });
      const failure = explainConnectionFailure(error, url);
      const timeout = failure?.silent === true ? Math.min(timeoutMs, SILENT_TIMEOUT_MS) : timeoutMs;
      if (Date.now() - begun > timeout || !isUnavailable(error))
        throw new UserError(`${name} can't be used: ${failure?.reason ?? reasonOf(error)}.`, { cause: error });
    }
  }
}

async function migrateOnce(url: string, say: (line: string) => void): Promise<Migrated> {
  const database = openDatabase({ url, applicationName: 'switchboard-cli', poolSize: 1 });
  try {
    await database.ping();
    const [row] = await database.prisma.$queryRaw<{ version: number }[]>`SELECT current_setting('server_version_num')::int AS version`;
    if (row === undefined || row.version < MIN_SERVER_VERSION)
      throw new UserError(`${describe(url)} is a PostgreSQL ${Math.floor((row?.version ?? 0) / 10_000)}; it must be 14 or later.`);
    const notes: string[] = [];
    const applied = await migrate(url, migrationsFolder(), {
      onWait: (line) => say(WAITING + line),
      onNote: (line) => void notes.push(line),
    });
    return { applied, operators: await database.prisma.user.count(), notes };
  } finally {
    await database.close();
  }
}

/** The database without user and password. */
function describe(url: string): string {
  try {
    return `The database ${parseDatabaseUrl(url).name} (DATABASE_URL)`;
  } catch (error) {
    throw error instanceof DatabaseUrlError ? new UserError(error.message, { cause: error }) : error;
  }
}

/** The first informative line of an error or of the errors in it (a refused connection is an AggregateError with one error per address). */
function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const text = inner instanceof Error ? inner.message : String(inner);
  return (text.trim().split('\n')[0] ?? '').replace(/\.$/, '');
}
