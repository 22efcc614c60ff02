import type { BackupSecrets } from '@switchboard/database/backup';

import type { Config } from './config.ts';
import { openDataDir, writeAtomically } from './data-dir.ts';
import { lockDataDir } from './data-lock.ts';
import { type Secrets, settleSecrets } from './secrets.ts';

/** What became of the secrets of a backup. */
export interface Adopted {
  /** Settings that the environment decides, so that the backup's do not count. */
  readonly overruled: readonly ('JWT_SECRET' | 'AUTH_SECRET')[];
  /** The data folder's secrets are others than before: servers that run still use the old ones. */
  readonly changed: boolean;
}

/**
 * Makes the secrets of a backup those of this installation, but for what the environment sets. The password of the embedded database stays as it is: it
 * belongs to the files of the database that is here.
 *
 * @param locked this process has the data folder already
 */
export async function adoptSecrets(config: Config, backup: BackupSecrets, locked: boolean): Promise<Adopted> {
  const dataDir = await openDataDir(config.dataDir);
  const lock = locked ? undefined : await lockDataDir(dataDir, 'restore');
  try {
    const before = await settleSecrets(dataDir);
    const after: Secrets = {
      ...before,
      ...(config.jwtSecret === undefined && backup.jwtSecret !== undefined ? { jwtSecret: backup.jwtSecret } : {}),
      ...(config.authSecret === undefined && backup.authSecret !== undefined ? { authSecret: backup.authSecret } : {}),
    };
    const changed = after.jwtSecret !== before.jwtSecret || after.authSecret !== before.authSecret;
    if (changed) await writeAtomically(dataDir.secrets, `${JSON.stringify(after, undefined, 2)}\n`);
    const differs = (given: string | undefined, kept: string | undefined) => given !== undefined && kept !== undefined && given !== kept;
    return {
      changed,
      overruled: [
        ...(differs(config.jwtSecret, backup.jwtSecret) ? (['JWT_SECRET'] as const) : []),
        ...(differs(config.authSecret, backup.authSecret) ? (['AUTH_SECRET'] as const) : []),
      ],
    };
  } finally {
    if (lock !== undefined && 'release' in lock) lock.release();
  }
}
