import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** The system user that PostgreSQL runs as. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);
const USER = 'postgres';

async function idOf(flag: '-u' | '-g'): Promise<number | undefined> {
  try {
    return Number((await run('id', [flag, USER])).stdout);
  } catch {
    // `id` exits 1 for a user that does not exist.
    return undefined;
  }
}

/**
 * The user that PostgreSQL has to run as. PostgreSQL refuses to run as root, so for root this is the system user `postgres`, created when missing (like
 * Debian's package does). Undefined for everyone else: the current user.
 *
 * @throws Error with one line of advice when the user is missing and can't be created
 */
export async function resolveRunAs(): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  if ((await idOf('-u')) === undefined) {
    try {
      await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER]);
    } catch (cause) {
      throw new Error(
        `PostgreSQL does not run as root, and the user "${USER}" could not be created. Run as another user, or set DATABASE_URL.`,
        { cause },
      );
    }
  }
  const uid = await idOf('-u');
  const gid = await idOf('-g');
  if (uid === undefined || gid === undefined)
    throw new Error(`The system user "${USER}" has no id. Run as another user, or set DATABASE_URL.`);
  return { uid, gid };
}

/** Whether `runAs` may enter the folder (or run the file) at `path`. It tries, since parents, groups and ACLs all matter. */
export function canReach(path: string, runAs: RunAs): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], { uid: runAs.uid, gid: runAs.gid, cwd: '/', stdio: 'ignore' }).status === 0;
}
