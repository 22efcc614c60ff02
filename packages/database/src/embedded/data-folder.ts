import { chmod, chown, lstat, mkdir, mkdtemp, realpath, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { SHARED_STATE } from './binaries.ts';
import { undefinedIfMissing } from './if-missing.ts';
import { canReach, type RunAs } from './run-as.ts';

/**
 * The folder that holds the cluster's files for `folder`. Nearly always that folder itself. Where the user that PostgreSQL runs as can't get there
 * (root's checkout under /root), the files live under /var/lib/switchboard and `folder` becomes a link to them.
 */
export async function settleDataFolder(folder: string, runAs: RunAs | undefined): Promise<string> {
  await mkdir(dirname(resolve(folder)), { recursive: true });
  // Without links on the way, as the system names the working directory of a process: that is how a running server is known.
  const wanted = join(await realpath(dirname(resolve(folder))), basename(folder));
  const there = await lstat(wanted).catch(undefinedIfMissing);
  if (there?.isSymbolicLink() === true) return await realpath(wanted);
  if (runAs === undefined || canReach(dirname(wanted), runAs)) return wanted;
  // A new place each time, found again by the link alone: a checkout made anew at the same path must not meet the database of the one before, whose
  // secrets are gone. (That database stays where it is; nobody but its owner should remove it.)
  await mkdir(SHARED_STATE, { recursive: true, mode: 0o755 });
  const home = await mkdtemp(join(SHARED_STATE, 'data-'));
  await chmod(home, 0o755);
  const target = join(home, 'postgres');
  await mkdir(target, { mode: 0o700 });
  await chown(target, runAs.uid, runAs.gid);
  await symlink(target, wanted);
  return target;
}
