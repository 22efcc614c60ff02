import { MIN_FREE_BYTES } from '../../data-dir.ts';
import { fail, ok, type Outcome, warn } from '../outcome.ts';

const MIB = 1024 ** 2;

const ADVICE = 'Make room, or move DATA_DIR to a larger disk: a full one stops the database.';

/**
 * Whether the disk that holds `path` has room for what will come.
 *
 * @param floorBytes MIN_FREE_DISK_BYTES: with less, nothing of visitors is stored
 */
export function judgeFreeSpace(freeBytes: number, path: string, floorBytes: number): Outcome {
  const told = `only ${Math.floor(freeBytes / MIB)} MiB are free on the disk that holds ${path}`;
  if (freeBytes < MIN_FREE_BYTES) return fail(`${told}, and a start needs ${MIN_FREE_BYTES / MIB} MiB`, ADVICE);
  const floor = `MIN_FREE_DISK_BYTES (${Math.floor(floorBytes / MIB)} MiB)`;
  if (freeBytes < floorBytes) return fail(`${told}, less than ${floor}: what visitors send waits in their browsers`, ADVICE);
  if (freeBytes < 2 * floorBytes) return warn(`${told}; below ${floor} nothing of visitors is stored`, ADVICE);
  return ok(`${Math.floor(freeBytes / MIB / 1024)} GiB free`);
}
