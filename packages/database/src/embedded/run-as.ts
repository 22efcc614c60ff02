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
 * PostgreSQL refuses to run as root. For root this is the system user `postgres`, made when missing (as Debian's own package would); for everybody
 * else undefined: run as who we are.
 *
 * @throws Error with one line saying what to do, when the user is missing and can't be made
 */
export async function resolveRunAs(): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  if ((await idOf('-u')) === undefined) {
    try {
      await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER]);
    } catch (cause) {
      throw new Error(
        `PostgreSQL does not run as root, and the user "${USER}" could not be made. Run as another user, or set DATABASE_URL.`,
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

/** Whether `runAs` may enter the folder (or run the file) at `path`. Asked by trying, since parents, groups and ACLs all have a say. */
export function canReach(path: string, runAs: RunAs): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], { uid: runAs.uid, gid: runAs.gid, cwd: '/', stdio: 'ignore' }).status === 0;
}
