import { join } from 'node:path';

import { migrationsFolder } from '@switchboard/database';
import { describeContents, restoreBackup, type RestoreResult, verifyBackup } from '@switchboard/database/backup';

import { adoptSecrets, type Adopted } from '../adopt-secrets.ts';
import { explainBackupError, pathOf, readBackupArguments } from '../backup-settings.ts';
import { chooseDatabase } from '../chosen-database.ts';
import { readConfig, readEnvironment } from '../config.ts';
import { migrateDatabase } from '../migrate-database.ts';
import { ROOT } from '../root.ts';
import { withDatabaseUrl } from '../with-database.ts';

/** How long to wait for the database to answer. */
const DATABASE_TIMEOUT_MS = 10_000;

/**
 * `restore FILE [--replace]`: restores a backup into the database of `start`, completely or not at all. The system may be running.
 *
 * @throws UserError when the file is damaged or from a newer version, or the database is not empty and --replace was not given
 */
export async function restoreCommand(args: readonly string[]): Promise<void> {
  const { file, option: replace } = readBackupArguments('restore', 'replace', args);
  const config = readConfig(readEnvironment(ROOT), ROOT);
  const path = pathOf(file, config);
  const making = { command: 'restore', make: config.dataDirChosen ? 'yes' : 'if alone', override: 'set DATA_DIR' } as const;
  const database = await chooseDatabase(config, making);
  // Before anything is created or started.
  const { manifest } = await verifyBackup(path).catch((error: unknown) => {
    throw explainBackupError(error, path);
  });
  console.log(`${path} is complete: made on ${manifest.createdAt} by Switchboard ${manifest.version}.`);
  console.log(`Database: ${database}. Restoring …`);
  const [result, adopted] = await withDatabaseUrl(config, 'restore', async (url) => {
    try {
      const result = await restoreBackup({
        file: path,
        url,
        migrations: migrationsFolder(),
        uploads: join(config.dataDir, 'uploads'),
        scratch: join(config.dataDir, 'restore.tmp'),
        replace,
        migrate: async () => await migrateDatabase(url, DATABASE_TIMEOUT_MS),
      });
      const embedded = config.databaseUrl === undefined;
      return [result, result.secrets && (await adoptSecrets(config, result.secrets, embedded))] as const;
    } catch (error) {
      throw explainBackupError(error, path, url);
    }
  });
  report(result, adopted);
}

function report({ restored, removed, missingUploads, cleanupError, leftOut }: RestoreResult, adopted: Adopted | undefined): void {
  if (Object.values(removed).some((count) => count > 0)) console.log(`Removed ${describeContents(removed)}.`);
  console.log(`Restored ${describeContents(restored)}. Operators have to sign in again.`);
  if (leftOut.length > 0) console.error(`Switchboard does not have these columns, so they were left out: ${leftOut.join(', ')}.`);
  if (cleanupError !== undefined) console.error(`Some images that are no longer used could not be removed (${cleanupError}).`);
  if (missingUploads > 0) console.log(`The files of ${missingUploads} images were missing when the backup was made.`);
  if (adopted === undefined)
    console.log('The backup contains no secrets. Unless this installation has the old ones, returning visitors start a new conversation.');
  if (adopted?.changed === true) console.log('The secrets of the backup were restored. If Switchboard is running, restart it.');
  for (const name of adopted?.overruled ?? [])
    console.log(`${name} is set here and differs from the one in the backup: tokens signed with the old one are not valid here.`);
}
