import type { PrivateFile } from '../facts.ts';
import { fail, ok, type Outcome, skip } from '../outcome.ts';

const OTHERS = 0o077;

/** Whether other users of this machine can't read the files with secrets. */
export function checkPrivateFiles(files: readonly PrivateFile[]): Outcome {
  if (files.length === 0) return skip('there are none yet');
  const open = files.filter(({ mode }) => (mode & OTHERS) !== 0);
  if (open.length === 0) return ok(files.map(({ path }) => path).join(', '));
  const list = open.map(({ path, mode }) => `${path} (mode ${mode.toString(8)})`).join(' and ');
  return fail(
    `other users of this machine could read ${list}`,
    `Restrict access: chmod 600 ${open.map(({ path }) => path).join(' ')}. If there are other users, replace the secrets.`,
  );
}
