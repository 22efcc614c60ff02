import { applyLast, type Run } from './apply.ts';
import { withSchemaEngine } from './engine.ts';
import { ForeignSchemaError, MigrationHistoryError, SchemaTooNewError } from './errors.ts';
import { ensureHistory, type HistoryEntry, readHistory } from './history.ts';
import { type Migration, readMigrations } from './list.ts';
import { alone } from './locks.ts';
import { describe } from '../takeover/describe-schema.ts';
import { takeOver } from '../takeover/take-over.ts';

/** How long a migration tries to get locks that others hold, and whom to tell. */
export interface MigrateOptions extends Partial<Pick<Run, 'patienceMs' | 'onWait' | 'tellEveryMs'>> {
  /** Told, in a sentence each, what somebody should know of what was done. */
  readonly onNote?: (line: string) => void;
}

const PATIENCE_MS = 600_000;
const TELL_EVERY_MS = 10_000;

/**
 * Brings the database at `url` to the schema of this code and returns the names of the migrations it applied, oldest first ([] when there was
 * nothing to do). The table `_prisma_migrations` is Prisma's own, so `npx prisma migrate deploy` may be used before or after. Two runs at once wait
 * for each other. The running system goes on meanwhile: a migration that needs a lock that others hold steps back and tries again. An installation of the
 * backend implementation guide is taken over first.
 *
 * @throws SchemaTooNewError when the database was migrated by newer code and not only added to; nothing was changed
 * @throws ForeignSchemaError when it holds tables of another program; nothing was changed
 * @throws TakeOverError when an installation of the guide can't be taken over; nothing was changed
 * @throws MigrationHistoryError when a migration of another version failed half way
 * @throws MigrationFailedError when PostgreSQL refused a migration
 * @throws MigrationBlockedError when others held a lock for longer than `patienceMs` (ten minutes)
 */
export async function migrate(url: string, folder: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const known = migrations.map(({ name }) => name);
  return await alone(url, async (client) => {
    const { kind, says, unknown } = await describe(client, known);
    if (kind === 'newer') throw new SchemaTooNewError(says, unknown);
    if (kind === 'foreign') throw new ForeignSchemaError(says);
    const taken = kind === 'guide' ? known.slice(0, 1) : [];
    if (kind === 'guide') for (const note of await takeOver(client, migrations)) options.onNote?.(note);
    // Without it the engine refuses a schema that holds anything, if only what an extension made.
    await ensureHistory(client);
    const missing = findMissing(migrations, await readHistory(client));
    if (missing.length === 0) return taken;
    await withSchemaEngine(url, undefined, async (engine, script) => {
      const run = {
        engine,
        script,
        client,
        folder,
        patienceMs: PATIENCE_MS,
        onWait: () => undefined,
        tellEveryMs: TELL_EVERY_MS,
        ...options,
      };
      for (const migration of missing) await applyLast(run, migrations.slice(0, migrations.indexOf(migration) + 1));
    });
    return [...taken, ...missing.map(({ name }) => name)];
  });
}

/** The migrations that are to be applied. */
function findMissing(migrations: readonly Migration[], history: readonly HistoryEntry[]): Migration[] {
  const missing = migrations.filter(({ name }) => !history.some((entry) => entry.name === name && entry.finished));
  const halfDone = history.filter(({ name, finished }) => !finished && !migrations.some((migration) => migration.name === name));
  if (missing.length > 0 && halfDone.length > 0)
    throw new MigrationHistoryError(
      `Migration ${halfDone.map(({ name }) => name).join(', ')}, which this version does not know, failed earlier and was left half done. Run "migrate" of the version that has it again.`,
    );
  return missing;
}
