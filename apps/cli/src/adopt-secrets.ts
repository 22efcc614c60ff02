import type { BackupSecrets } from '@switchboard/database/backup';

import type { Config } from './config.ts';
import { openDataDir, writeAtomically } from './data-dir.ts';
import { lockDataDir } from './data-lock.ts';
import { type Secrets, ensureSecrets } from './secrets.ts';

/** The result of adopting the secrets of a backup. */
export interface Adopted {
  /** Settings that the environment sets; the backup's values for these are ignored. */
  readonly overruled: readonly ('JWT_SECRET' | 'AUTH_SECRET')[];
  /** Whether the data folder's secrets changed. Running servers still use the old ones. */
  readonly changed: boolean;
}

/**
 * Replaces this installation's secrets by those of a backup, except those that the environment sets. The password of the embedded database is kept: it
 * belongs to the database files that are in place.
 *
 * @param locked whether this process already holds the data folder's lock
 */
export async function adoptSecrets(config: Config, backup: BackupSecrets, locked: boolean): Promise<Adopted> {
  const dataDir = await openDataDir(config.dataDir);
  const lock = locked ? undefined : await lockDataDir(dataDir, 'restore');
  try {
    const before = await ensureSecrets(dataDir);
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
