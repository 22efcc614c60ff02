import { MIN_FREE_BYTES } from '../../data-dir.ts';
import { fail, ok, type Outcome, warn } from '../outcome.ts';

const MIB = 1024 ** 2;

const ADVICE = 'Free space, or move DATA_DIR to a larger disk: a full disk stops the database.';

/**
 * Whether the disk that holds `path` has enough free space.
 *
 * @param floorBytes MIN_FREE_DISK_BYTES: below it, nothing from visitors is stored
 */
export function judgeFreeSpace(freeBytes: number, path: string, floorBytes: number): Outcome {
  const problem = `only ${Math.floor(freeBytes / MIB)} MiB are free on the disk that holds ${path}`;
  if (freeBytes < MIN_FREE_BYTES) return fail(`${problem}, and a start needs ${MIN_FREE_BYTES / MIB} MiB`, ADVICE);
  const floor = `MIN_FREE_DISK_BYTES (${Math.floor(floorBytes / MIB)} MiB)`;
  if (freeBytes < floorBytes) return fail(`${problem}, less than ${floor}: visitors' messages wait in their browsers`, ADVICE);
  if (freeBytes < 2 * floorBytes) return warn(`${problem}; below ${floor}, nothing from visitors is stored`, ADVICE);
  return ok(`${Math.floor(freeBytes / MIB / 1024)} GiB free`);
}
