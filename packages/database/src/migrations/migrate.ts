import { applyLast, type MigrationRun } from './apply.ts';
import { withSchemaEngine } from './engine.ts';
import { ForeignSchemaError, MigrationHistoryError, SchemaTooNewError } from './errors.ts';
import { ensureHistory, type HistoryEntry, readHistory } from './history.ts';
import { type Migration, readMigrations } from './list.ts';
import { withMigrationLock } from './locks.ts';
import { describe } from '../takeover/describe-schema.ts';
import { takeOver } from '../takeover/take-over.ts';

/** The timeout for getting locks that others hold, and callbacks. */
export interface MigrateOptions extends Partial<Pick<MigrationRun, 'timeoutMs' | 'onWait' | 'reportEveryMs'>> {
  /** Called with a sentence for each thing that an administrator should know about the migration. */
  readonly onNote?: (line: string) => void;
}

const TIMEOUT_MS = 600_000;
const REPORT_EVERY_MS = 10_000;

/**
 * Migrates the database at `url` to this version's schema and returns the names of the applied migrations, oldest first ([] when there was nothing to do). The
 * table `_prisma_migrations` is Prisma's, so `npx prisma migrate deploy` may be used before or after. Concurrent runs wait for each other. The system may keep
 * running: a migration that can't get a lock releases its request and retries. An installation of the backend implementation guide is taken over first.
 *
 * @throws SchemaTooNewError when newer code migrated the database with migrations that are not additive; nothing was changed
 * @throws ForeignSchemaError when it contains another program's tables; nothing was changed
 * @throws TakeOverError when an installation of the guide can't be taken over; nothing was changed
 * @throws MigrationHistoryError when a migration of another version failed halfway
 * @throws MigrationFailedError when PostgreSQL rejected a migration
 * @throws MigrationBlockedError when others held a lock for longer than `timeoutMs` (ten minutes by default)
 */
export async function migrate(url: string, folder: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const known = migrations.map(({ name }) => name);
  return await withMigrationLock(url, async (client) => {
    const { kind, message, unknown } = await describe(client, known);
    if (kind === 'newer') throw new SchemaTooNewError(message, unknown);
    if (kind === 'foreign') throw new ForeignSchemaError(message);
    const taken = kind === 'guide' ? known.slice(0, 1) : [];
    if (kind === 'guide') for (const note of await takeOver(client, migrations)) options.onNote?.(note);
    // Without this table, the engine refuses a schema that is not empty, even if it contains only an extension's objects.
    await ensureHistory(client);
    const missing = findMissing(migrations, await readHistory(client));
    if (missing.length === 0) return taken;
    await withSchemaEngine(url, undefined, async (engine, script) => {
      const run = {
        engine,
        script,
        client,
        folder,
        timeoutMs: TIMEOUT_MS,
        onWait: () => undefined,
        reportEveryMs: REPORT_EVERY_MS,
        ...options,
      };
      for (const migration of missing) await applyLast(run, migrations.slice(0, migrations.indexOf(migration) + 1));
    });
    return [...taken, ...missing.map(({ name }) => name)];
  });
}

/** The migrations to apply. */
function findMissing(migrations: readonly Migration[], history: readonly HistoryEntry[]): Migration[] {
  const missing = migrations.filter(({ name }) => !history.some((entry) => entry.name === name && entry.finished));
  const halfDone = history.filter(({ name, finished }) => !finished && !migrations.some((migration) => migration.name === name));
  if (missing.length > 0 && halfDone.length > 0)
    throw new MigrationHistoryError(
      `Migration ${halfDone.map(({ name }) => name).join(', ')}, which this version does not know, failed earlier and is incomplete. Run "migrate" again with the version that contains it.`,
    );
  return missing;
}
