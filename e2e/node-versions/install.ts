import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** A version of Node and the path of its executable. */
export interface NodeVersion {
  readonly version: string;
  readonly program: string;
}

const INSTALLED = resolve(import.meta.dirname, '../../.cache/node-versions');
const FILES = ['package.json', 'package-lock.json'];

/** The versions of Node that package.json lists for this platform and processor, oldest first. */
export async function listNodeVersions(): Promise<NodeVersion[]> {
  const { packages } = JSON.parse(await readFile(join(import.meta.dirname, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  const suffix = `-${process.platform}-${process.arch}`;
  return Object.entries(packages)
    .filter(([path]) => path.endsWith(suffix))
    .map(([path, { version }]) => ({ version, program: join(INSTALLED, path, 'bin/node') }))
    .toSorted((a, b) => a.version.localeCompare(b.version));
}

/**
 * Downloads from the npm registry the versions that are not in the cache yet. The lock file fixes their contents.
 *
 * @throws Error when a version could not be downloaded
 */
export async function installNodeVersions(): Promise<void> {
  if ((await isCurrent()) && (await missingVersions()).length === 0) return;
  await mkdir(INSTALLED, { recursive: true });
  for (const file of FILES) await copyFile(join(import.meta.dirname, file), join(INSTALLED, file));
  const install = promisify(execFile)('npm', ['ci', '--include=optional', '--no-audit', '--no-fund'], { cwd: INSTALLED });
  // The packages are optional, one for each platform and processor, so npm may succeed without having downloaded one.
  const { stderr } = await install.catch((error: Error & { stderr: string }) => error);
  const missing = await missingVersions();
  if (missing.length > 0) throw new Error(`Node ${missing.join(' and ')} could not be downloaded from the npm registry. ${stderr}`);
}

/** Whether the cache was installed from these files. */
async function isCurrent(): Promise<boolean> {
  const pairs = FILES.map(async (file) => {
    const installed = join(INSTALLED, file);
    return existsSync(installed) && (await readFile(installed, 'utf8')) === (await readFile(join(import.meta.dirname, file), 'utf8'));
  });
  return (await Promise.all(pairs)).every(Boolean);
}

async function missingVersions(): Promise<string[]> {
  return (await listNodeVersions()).filter(({ program }) => !existsSync(program)).map(({ version }) => version);
}
