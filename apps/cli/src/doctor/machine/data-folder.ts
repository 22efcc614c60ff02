import { randomUUID } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf } from '../../standalone/user-error.mjs';
import { explainDisk } from '../disk.ts';
import { ok, type Outcome, skip } from '../outcome.ts';
import { judgeFreeSpace } from './free-space.ts';

const NONE_YET = 'it does not exist yet; the first start creates it';

/** Whether this user can write to the folder. It tries. */
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

/** Whether its disk has enough free space. */
export async function checkFreeSpace(folder: string, floorBytes: number): Promise<Outcome> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return judgeFreeSpace(bavail * bsize, folder, floorBytes);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return skip(NONE_YET);
    throw error;
  }
}
