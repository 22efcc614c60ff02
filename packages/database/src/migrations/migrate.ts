import { applyLast, type Run } from './apply.ts';
import { withSchemaEngine } from './engine.ts';
import { MigrationHistoryError, SchemaTooNewError } from './errors.ts';
import { type HistoryEntry, readHistory } from './history.ts';
import { isAdditive, type Migration, readMigrations } from './list.ts';
import { alone } from './locks.ts';

/** How long a migration tries to get locks that others hold, and whom to tell. */
export type MigrateOptions = Partial<Pick<Run, 'patienceMs' | 'onWait'>>;

const PATIENCE_MS = 600_000;

/**
 * Brings the database at `url` to the schema of this code and returns the names of the migrations it applied, oldest first ([] when there was
 * nothing to do). The table `_prisma_migrations` is Prisma's own, so `npx prisma migrate deploy` may be used before or after. Two runs at once wait
 * for each other. The running system goes on meanwhile: a migration that needs a lock that others hold steps back and tries again.
 *
 * @throws SchemaTooNewError when the database was migrated by newer code and not only added to; nothing was changed
 * @throws MigrationHistoryError when a migration of another version failed half way
 * @throws MigrationFailedError when PostgreSQL refused a migration
 * @throws MigrationBlockedError when others held a lock for longer than `patienceMs` (ten minutes)
 */
export async function migrate(url: string, folder: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return await alone(url, async (client) => {
    const history = await readHistory(client);
    const missing = findMissing(migrations, history);
    if (missing.length === 0) return [];
    await withSchemaEngine(url, undefined, async (engine, script) => {
      const run = { engine, script, client, folder, patienceMs: PATIENCE_MS, onWait: () => undefined, ...options };
      for (const migration of missing) await applyLast(run, migrations.slice(0, migrations.indexOf(migration) + 1));
    });
    return missing.map(({ name }) => name);
  });
}

/** The migrations that are to be applied. */
function findMissing(migrations: readonly Migration[], history: readonly HistoryEntry[]): Migration[] {
  const unknown = history.filter(({ name }) => !migrations.some((migration) => migration.name === name));
  const breaking = unknown.filter(({ name }) => !isAdditive(name));
  if (breaking.length > 0) throw new SchemaTooNewError(breaking.map(({ name }) => name));
  const missing = migrations.filter(({ name }) => !history.some((entry) => entry.name === name && entry.finished));
  const halfDone = unknown.filter(({ finished }) => !finished).map(({ name }) => name);
  if (missing.length > 0 && halfDone.length > 0)
    throw new MigrationHistoryError(
      `Migration ${halfDone.join(', ')} of another version of Switchboard failed earlier and was left half done. Run "migrate" of that version again.`,
    );
  return missing;
}
