import type { ClosedFile } from '../facts.ts';
import { fail, ok, type Outcome, skip } from '../outcome.ts';

const OTHERS = 0o077;

/** Whether files that hold secrets are closed to other users of this machine. */
export function checkClosedFiles(files: readonly ClosedFile[]): Outcome {
  if (files.length === 0) return skip('there are none yet');
  const open = files.filter(({ mode }) => (mode & OTHERS) !== 0);
  if (open.length === 0) return ok(files.map(({ path }) => path).join(', '));
  const told = open.map(({ path, mode }) => `${path} (mode ${mode.toString(8)})`).join(' and ');
  return fail(
    `other users of this machine could read ${told}`,
    `Close it: chmod 600 ${open.map(({ path }) => path).join(' ')}. If there are other users, change the secrets in it.`,
  );
}
