import { setTimeout as delay } from 'node:timers/promises';

import { Complaint, explainDiskError } from '../bin/complaint.mjs';
import { takeLock } from '../bin/lock-file.mjs';
import type { DataDir } from './data-dir.ts';

/** What a process may be doing with a data folder: `start` for as long as it runs, the others for seconds. */
export type Purpose = 'start' | 'start with DATABASE_URL' | 'operator create' | 'migrate';

/** How long a short command may hold the folder while others wait for it. */
const PATIENCE_MS = 60_000;

/** Who has the data folder. */
export type DataLock = { readonly release: () => void } | { readonly holder: { readonly pid: number; readonly purpose: string } };

/** Takes the data folder for this process, unless a running Switchboard has it. Waits for a short command to finish. */
export async function lockDataDir(dataDir: DataDir, purpose: Purpose): Promise<DataLock> {
  for (const end = Date.now() + PATIENCE_MS; ; await delay(100)) {
    const result = await takeLock(dataDir.lock, purpose).catch((error: unknown) => {
      throw explainDiskError(error, dataDir.lock);
    });
    if ('release' in result) return result;
    const { pid, note } = result.holder;
    if (note.startsWith('start')) return { holder: { pid, purpose: note } };
    if (Date.now() > end)
      throw new Complaint(`"${note}" (process ${pid}) has been using ${dataDir.path} for too long; end it and try again.`);
  }
}
