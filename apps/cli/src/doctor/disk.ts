import { codeOf, UserError, explainDiskError } from '../standalone/user-error.mjs';
import { oneLine } from './check.ts';
import { fail, type Outcome } from './outcome.ts';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on that disk (df -h, df -i), or move DATA_DIR to a larger one. Until then, messages are not saved.',
  EDQUOT: 'The user that runs Switchboard has used up its quota: raise it, or free space.',
  EROFS: 'That disk is mounted read-only, which Linux does when a disk fails: see dmesg, and remount it for writing.',
  ENOTDIR: 'Remove that file, or set DATA_DIR to a folder.',
  EEXIST: 'Remove that file, or set DATA_DIR to a folder.',
  EIO: 'The disk is failing: see dmesg, and restore a backup on another one.',
};
const FOREIGN =
  'Run this command as the user that runs Switchboard. If it is that user, give it the folder (chown -R), or set DATA_DIR to a writable one.';

/** A failed write at `path` as an outcome, with the problem and specific advice. */
export function explainDisk(error: unknown, path: string): Outcome {
  const explained = error instanceof UserError ? error : explainDiskError(error, path);
  const code = codeOf(explained instanceof UserError ? explained.cause : error) ?? '';
  const problem = explained instanceof UserError ? explained.message.replace(/\.$/, '') : `${path} can't be written (${oneLine(error)})`;
  return fail(problem, ADVICE[code] ?? FOREIGN);
}
