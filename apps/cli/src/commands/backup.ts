import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { migrationsFolder } from '@switchboard/database';
import {
  type BackupResult,
  type BackupSecrets,
  contentsOf,
  describeContents,
  listMigrations,
  writeBackup,
  writeBackupFile,
} from '@switchboard/database/backup';

import { UserError } from '../standalone/user-error.mjs';
import { explainBackupError, pathOf, productVersion, readBackupArguments } from '../backup-settings.ts';
import { chooseDatabase } from '../chosen-database.ts';
import { type Config, readConfig, readEnvironment } from '../config.ts';
import { dataDirAt } from '../data-dir.ts';
import { noteBackup } from '../last-backup.ts';
import { ROOT } from '../root.ts';
import { readSecrets } from '../secrets.ts';
import { withDatabaseUrl } from '../with-database.ts';

/**
 * `backup FILE [--with-secrets]`: writes the contents of the database of `start`, and the images, into one file. The system may be running.
 *
 * @throws UserError when there is nothing to back up, or the file can't be written
 */
export async function backupCommand(args: readonly string[]): Promise<void> {
  const { file, option: withSecrets } = readBackupArguments('backup', 'with-secrets', args);
  const config = readConfig(readEnvironment(ROOT), ROOT);
  const path = pathOf(file, config);
  const database = await chooseDatabase(config, { command: 'backup', make: 'no' });
  const secrets = withSecrets ? await secretsInUse(config) : undefined;
  const at = new Date();
  const knownMigrations = await listMigrations(migrationsFolder());
  const result = await withDatabaseUrl(config, 'backup', async (url) => {
    const what = { url, version: productVersion(), uploads: join(config.dataDir, 'uploads'), knownMigrations, secrets };
    try {
      return await writeBackupFile(path, async (sink) => await writeBackup({ ...what, sink }));
    } catch (error) {
      throw explainBackupError(error, path, url);
    }
  });
  console.log(`Database: ${database}.`);
  console.log(`${path} has ${describeContents(contentsOf(result.rows))} (${await sizeOf(path)}).`);
  await noteForDoctor(config, path, at);
  reportMissing(result, join(config.dataDir, 'uploads'));
  console.log(
    withSecrets
      ? 'It contains the secrets that sign tokens: keep it as safe as a password.'
      : 'It contains no secrets; --with-secrets includes them.',
  );
}

/** Records the backup for doctor. A failure is only reported, since the backup itself succeeded. */
async function noteForDoctor(config: Config, file: string, at: Date): Promise<void> {
  const dataDir = dataDirAt(config.dataDir);
  if (!existsSync(dataDir.path)) return;
  try {
    await noteBackup(dataDir, { file, at });
  } catch (error) {
    console.error(`${dataDir.lastBackup} could not be written (${String(error)}), so doctor will not know of this backup.`);
  }
}

/** The secrets in use: those of the environment, otherwise the generated ones. */
async function secretsInUse(config: Config): Promise<BackupSecrets> {
  const made = await readSecrets(dataDirAt(config.dataDir));
  const [jwtSecret, authSecret] = [config.jwtSecret ?? made?.jwtSecret, config.authSecret ?? made?.authSecret];
  if (jwtSecret === undefined) throw new UserError(`--with-secrets: JWT_SECRET is not set, and ${config.dataDir} contains no secrets.`);
  return { jwtSecret, authSecret };
}

function reportMissing({ uploads, missing }: BackupResult, folder: string): void {
  if (uploads.missing === 0) return;
  const more = uploads.missing > missing.length ? ', …' : '';
  console.error(`${uploads.missing} images are in the database but missing in ${folder}: ${missing.join(', ')}${more}.`);
}

async function sizeOf(path: string): Promise<string> {
  const { size } = await stat(path);
  return size < 1_000_000 ? `${Math.ceil(size / 1000)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
