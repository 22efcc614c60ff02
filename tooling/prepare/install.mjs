import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { UserError } from '../../apps/cli/src/standalone/user-error.mjs';
import { npm } from '../run.mjs';
import { readStamp, writeStamp } from './stamps.mjs';

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, optionalDependencies?: Record<string, string> }} LockedPackage */

const stampFile = (/** @type {string} */ root) => join(root, 'node_modules/.switchboard-install');

/**
 * The expected source of node_modules: the lock file on this kind of machine (some packages are binaries).
 * @param {string} root
 */
export function installHash(root) {
  const lock = join(root, 'package-lock.json');
  if (!existsSync(lock)) throw new UserError(`${lock} is missing: this is not a complete copy of Switchboard.`);
  return createHash('sha256').update(`${process.platform}-${process.arch}\0`).update(readFileSync(lock)).digest('hex');
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
function packagesOf(file) {
  const text = readStamp(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text).packages;
  } catch {
    // A truncated file counts as missing.
    return undefined;
  }
}

/**
 * Whether npm's record of installed packages matches the lock file, as after a manual `npm install`.
 * @param {string} root
 */
function installedByHand(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, link, optional }]) => {
    const there = found[path];
    if (!path.includes('node_modules/') || link === true) return true;
    if (there === undefined) return optional === true;
    return there.version === version && there.integrity === integrity;
  });
}

/**
 * Whether node_modules matches the lock file.
 * @param {string} root
 */
export function isInstalled(root) {
  const hash = installHash(root);
  if (readStamp(stampFile(root)) === hash) return true;
  // Without a stamp, the packages were installed by hand. With another stamp, the lock file has changed, or `npm install <package>` has updated both.
  if (!installedByHand(root)) return false;
  writeStamp(stampFile(root), hash);
  return true;
}

/**
 * Whether the lock file has an entry for every optional package that it references. A lock file written where the registry lacks the packages of other systems is
 * incomplete, and `npm ci` refuses it.
 * @param {string} root
 */
export function isLockComplete(root) {
  const locked = packagesOf(join(root, 'package-lock.json')) ?? {};
  const names = new Set(Object.keys(locked).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));
  return Object.values(locked).every(({ optionalDependencies = {} }) => Object.keys(optionalDependencies).every((name) => names.has(name)));
}

/**
 * Installs the packages of the lock file.
 * @param {string} root
 */
export async function install(root) {
  // With NODE_ENV=production, npm would omit the packages that are needed for building.
  const what = ['--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  if (isLockComplete(root)) await npm('npm ci', ['ci', ...what]);
  // The same versions. Packages that the lock file lacks are resolved, where they exist for this system, by the exact versions of their dependents.
  else await npm('npm install', ['install', '--no-save', ...what]);
  writeStamp(stampFile(root), installHash(root));
}
