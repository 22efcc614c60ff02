import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { UserError } from '../../apps/cli/src/standalone/user-error.mjs';
import { npm } from '../run.mjs';
import { readStamp, writeStamp } from './stamps.mjs';

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, optionalDependencies?: Record<string, string> }} LockedPackage */

const stampFile = (/** @type {string} */ root) => join(root, 'node_modules/.switchboard-install');

/**
 * What node_modules must have been made from: the lock file, on this kind of machine (some packages are binaries).
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
    // Cut off in the middle: as good as missing.
    return undefined;
  }
}

/**
 * Whether npm's own record of what it installed fits the lock file, as it does after `npm install` by hand.
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
 * Whether node_modules fits the lock file.
 * @param {string} root
 */
export function isInstalled(root) {
  const hash = installHash(root);
  if (readStamp(stampFile(root)) === hash) return true;
  // Without a stamp somebody else installed. With another one the lock file changed since, or was made to fit by `npm install <package>`.
  if (!installedByHand(root)) return false;
  writeStamp(stampFile(root), hash);
  return true;
}

/**
 * Whether the lock file has a place for every optional package that it names. One that was written where the registry does not have the packages of
 * other systems lacks them, and `npm ci` refuses such a file.
 * @param {string} root
 */
export function isLockComplete(root) {
  const locked = packagesOf(join(root, 'package-lock.json')) ?? {};
  const names = new Set(Object.keys(locked).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));
  return Object.values(locked).every(({ optionalDependencies = {} }) => Object.keys(optionalDependencies).every((name) => names.has(name)));
}

/**
 * Installs what the lock file says.
 * @param {string} root
 */
export async function install(root) {
  // With NODE_ENV=production npm would leave out what builds.
  const what = ['--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  if (isLockComplete(root)) await npm('npm ci', ['ci', ...what]);
  // The same versions; what the lock file lacks is found, where this system has it, by the exact versions that its packages ask for.
  else await npm('npm install', ['install', '--no-save', ...what]);
  writeStamp(stampFile(root), installHash(root));
}
