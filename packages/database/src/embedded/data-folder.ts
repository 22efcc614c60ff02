import { chmod, chown, lstat, mkdir, mkdtemp, realpath, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { SHARED_STATE } from './binaries.ts';
import { undefinedIfMissing } from './if-missing.ts';
import { canReach, type RunAs } from './run-as.ts';

/**
 * The real folder of the cluster's files for `folder`: nearly always that folder itself. Where PostgreSQL's user can't reach it (root's checkout under /root),
 * the files are under /var/lib/switchboard, and `folder` becomes a link to them.
 */
export async function resolveDataFolder(folder: string, runAs: RunAs | undefined): Promise<string> {
  await mkdir(dirname(resolve(folder)), { recursive: true });
  // With all links resolved, like the working directory of a process, by which a running server is identified.
  const wanted = join(await realpath(dirname(resolve(folder))), basename(folder));
  const there = await lstat(wanted).catch(undefinedIfMissing);
  if (there?.isSymbolicLink() === true) return await realpath(wanted);
  if (runAs === undefined || canReach(dirname(wanted), runAs)) return wanted;
  // A new folder each time, which only the link points to: a new checkout at the same path must not find the database of the previous one, whose secrets are
  // gone. (That database is kept; only its owner should remove it.)
  await mkdir(SHARED_STATE, { recursive: true, mode: 0o755 });
  const home = await mkdtemp(join(SHARED_STATE, 'data-'));
  await chmod(home, 0o755);
  const target = join(home, 'postgres');
  await mkdir(target, { mode: 0o700 });
  await chown(target, runAs.uid, runAs.gid);
  await symlink(target, wanted);
  return target;
}
