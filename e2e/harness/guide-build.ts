import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const APPS = resolve(import.meta.dirname, '../../apps');
const WEB = join(APPS, 'web');
const MADE = new Set(['node_modules', '.next']);

/** A build of the web app with an additional page. */
export interface GuideBuild {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * Copies the web app to a folder beside it, where its packages are found, adds the page of `apps/web/testing/guide` as `/guide`, and builds it with the build
 * cache of the web app.
 */
export async function buildWithGuidePage(): Promise<GuideBuild> {
  const folder = await mkdtemp(join(APPS, '.guide-'));
  const remove = async () => await rm(folder, { recursive: true, force: true });
  try {
    const isSource = (path: string) => !MADE.has(path.slice(WEB.length + 1).split('/')[0] ?? '');
    await cp(WEB, folder, { recursive: true, filter: isSource });
    if (existsSync(join(WEB, 'node_modules'))) await symlink(join(WEB, 'node_modules'), join(folder, 'node_modules'));
    if (existsSync(join(WEB, '.next/cache'))) await cp(join(WEB, '.next/cache'), join(folder, '.next/cache'), { recursive: true });
    await cp(join(WEB, 'testing/guide'), join(folder, 'app/guide'), { recursive: true });
    const next = createRequire(join(WEB, 'package.json')).resolve('next/dist/bin/next');
    const env = { ...process.env, NODE_ENV: 'production' as const, VITEST: undefined };
    await promisify(execFile)(process.execPath, [next, 'build'], { cwd: folder, env, maxBuffer: 16_000_000 });
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
