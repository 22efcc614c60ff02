import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, realpath, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { SHARED_STATE } from './binaries.ts';
import { canReach, type RunAs } from './run-as.ts';

/**
 * The folder that holds the cluster's files for `folder`. Nearly always that folder itself. Where the user that PostgreSQL runs as can't get there
 * (root's checkout under /root), the files live under /var/lib/switchboard and `folder` becomes a link to them.
 */
export async function settleDataFolder(folder: string, runAs: RunAs | undefined): Promise<string> {
  await mkdir(dirname(resolve(folder)), { recursive: true });
  // Without links on the way, as the system names the working directory of a process: that is how a running server is known.
  const wanted = join(await realpath(dirname(resolve(folder))), basename(folder));
  const there = await lstat(wanted).catch(() => undefined);
  if (there?.isSymbolicLink() === true) return await realpath(wanted);
  if (runAs === undefined || canReach(dirname(wanted), runAs)) return wanted;
  const home = join(SHARED_STATE, createHash('sha256').update(wanted).digest('hex').slice(0, 12));
  await mkdir(home, { recursive: true, mode: 0o755 });
  const target = join(home, 'postgres');
  await mkdir(target, { recursive: true, mode: 0o700 });
  await chown(target, runAs.uid, runAs.gid);
  await symlink(target, wanted);
  return target;
}
