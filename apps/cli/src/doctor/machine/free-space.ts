import { MIN_FREE_BYTES } from '../../data-dir.ts';
import { fail, ok, type Outcome, warn } from '../outcome.ts';

const MIB = 1024 ** 2;
const LITTLE = 1024 * MIB;

const ADVICE = 'Make room, or move DATA_DIR to a larger disk: a full one stops the database.';

/** Whether the disk that holds `path` has room for what will come. */
export function judgeFreeSpace(freeBytes: number, path: string): Outcome {
  const told = `${Math.floor(freeBytes / MIB)} MiB are free on the disk that holds ${path}`;
  if (freeBytes < MIN_FREE_BYTES) return fail(`only ${told}, and a start needs ${MIN_FREE_BYTES / MIB}`, ADVICE);
  if (freeBytes < LITTLE) return warn(`only ${told}`, ADVICE);
  return ok(`${Math.floor(freeBytes / MIB / 1024)} GiB free`);
}
