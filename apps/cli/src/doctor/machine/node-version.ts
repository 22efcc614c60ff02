import { fail, ok, type Outcome } from '../outcome.ts';

/** Whether this version of Node is supported. */
export function checkNodeVersion(version: string): Outcome {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok(version);
  return fail(`it is ${version}, and 20.19 is the oldest that works`, 'Install a newer Node, then run this again.');
}
