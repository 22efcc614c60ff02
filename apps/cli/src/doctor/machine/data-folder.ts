import { randomUUID } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf } from '../../standalone/user-error.mjs';
import { explainDisk } from '../disk.ts';
import { ok, type Outcome, skip } from '../outcome.ts';
import { judgeFreeSpace } from './free-space.ts';

const NONE_YET = 'it is not there yet; the first start makes it';

/** Whether this user can write in the folder, by doing so. */
export async function checkWritable(folder: string): Promise<Outcome> {
  const probe = join(folder, `probe.${randomUUID()}`);
  try {
    await writeFile(probe, 'x'.repeat(4096));
    await rm(probe);
    return ok(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return skip(NONE_YET);
    return explainDisk(error, folder);
  }
}

/** Whether there is room on its disk. */
export async function checkFreeSpace(folder: string, floorBytes: number): Promise<Outcome> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return judgeFreeSpace(bavail * bsize, folder, floorBytes);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return skip(NONE_YET);
    throw error;
  }
}
