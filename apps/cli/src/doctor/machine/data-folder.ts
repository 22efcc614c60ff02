import { randomUUID } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf, Complaint, explainDiskError } from '../../../bin/complaint.mjs';
import { oneLine } from '../check.ts';
import { fail, ok, type Outcome, skip } from '../outcome.ts';
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
    const explained = explainDiskError(error, folder);
    const problem =
      explained instanceof Complaint ? explained.message.replace(/\.$/, '') : `${folder} can't be written (${oneLine(error)})`;
    return fail(problem, 'Give it to the user that runs Switchboard (chown -R), or set DATA_DIR to a folder that this user may write.');
  }
}

/** Whether there is room on its disk. */
export async function checkFreeSpace(folder: string): Promise<Outcome> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return judgeFreeSpace(bavail * bsize, folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return skip(NONE_YET);
    throw error;
  }
}
