import { codeOf, UserError, explainDiskError } from '../standalone/user-error.mjs';
import { oneLine } from './check.ts';
import { fail, type Outcome } from './outcome.ts';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on that disk (df -h, df -i), or move DATA_DIR to a larger one. Messages are not saved until there is some.',
  EDQUOT: 'The user that runs Switchboard has used up its quota: raise it, or make room.',
  EROFS: 'That disk is mounted read-only, as Linux does with one that fails: see dmesg, and mount it again for writing.',
  ENOTDIR: 'Remove that file, or set DATA_DIR to a folder.',
  EEXIST: 'Remove that file, or set DATA_DIR to a folder.',
  EIO: 'The disk fails: see dmesg, and restore a backup on another one.',
};
const FOREIGN =
  'Run this command as the user that runs Switchboard; if it is that user, give it the folder (chown -R), or set DATA_DIR to one that it may write.';

/** A failed write at `path` as an outcome: what is wrong in words, and what to do about that and not about something else. */
export function explainDisk(error: unknown, path: string): Outcome {
  const explained = error instanceof UserError ? error : explainDiskError(error, path);
  const code = codeOf(explained instanceof UserError ? explained.cause : error) ?? '';
  const problem = explained instanceof UserError ? explained.message.replace(/\.$/, '') : `${path} can't be written (${oneLine(error)})`;
  return fail(problem, ADVICE[code] ?? FOREIGN);
}
