import { setTimeout as delay } from 'node:timers/promises';

import { UserError, explainDiskError } from './standalone/user-error.mjs';
import { takeLock } from './standalone/lock-file.mjs';
import type { DataDir } from './data-dir.ts';

/** The purpose for which a process holds a data folder: `start` as long as it runs, the others for seconds. */
export type Purpose =
  | 'start'
  | 'start with DATABASE_URL'
  | 'stopping'
  | 'operator create'
  | 'migrate'
  | 'backup'
  | 'restore'
  | 'jobs'
  | 'settings';

/** How long a short command may hold the folder while others wait for it. */
const WAIT_TIMEOUT_MS = 60_000;
/** How long a start may take to record that it is stopping: npm may return to the prompt before the signal arrives. */
const STOPPING_NOTICE_MS = 1_500;

/** The process that holds the data folder. */
export type DataLock = Lock | { readonly holder: { readonly pid: number; readonly purpose: string } };

/** A lock on a data folder. */
export interface Lock {
  restate(purpose: Purpose): void;
  release(): void;
}

/** Locks the data folder for this process unless a running Switchboard holds it. Waits for a short command, or for a start that is stopping. */
export async function lockDataDir(dataDir: DataDir, purpose: Purpose): Promise<DataLock> {
  const begun = Date.now();
  const stays = (note: string) => note.startsWith('start') && (!purpose.startsWith('start') || Date.now() > begun + STOPPING_NOTICE_MS);
  for (; ; await delay(100)) {
    const result = await takeLock(dataDir.lock, purpose).catch((error: unknown) => {
      throw explainDiskError(error, dataDir.lock);
    });
    if ('release' in result) return result;
    const { pid, note } = result.holder;
    if (stays(note)) return { holder: { pid, purpose: note } };
    if (Date.now() > begun + WAIT_TIMEOUT_MS)
      throw new UserError(`"${note}" (process ${pid}) has been using ${dataDir.path} for too long; end it and try again.`);
  }
}
