import { randomUUID } from 'node:crypto';
import { constants, copyFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { codeOf } from './complaint.mjs';
import { identify, isIdentity, stillRuns } from './process-identity.mjs';

/** How long a lock file may be there without its content: between making and writing it lies no time, unless the writer was killed just there. */
const UNWRITTEN_MS = 2_000;
/** Two that take over the same stale lock at once are told apart by looking once more after this time. */
const CONFIRM_MS = 100;

/**
 * @typedef {import('./process-identity.mjs').ProcessIdentity & { readonly note: string, readonly tentative: boolean }} Holder
 * `tentative`: it has taken over a stale lock, and may have to give way to another that did so at the same moment
 */
/**
 * A lock that is ours.
 * @typedef {object} Lock
 * @property {(note: string) => void} restate says that we are something else now
 * @property {() => void} release
 */

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * @param {string} text
 * @returns {Holder | undefined}
 */
function parse(text) {
  try {
    const value = JSON.parse(text);
    if (!isIdentity(value)) return undefined;
    return { ...value, note: 'note' in value ? String(value.note) : '', tentative: 'tentative' in value && value.tentative === true };
  } catch {
    // Cut off by a crash: nobody's.
    return undefined;
  }
}

/** @param {string} path */
function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/**
 * Makes the file unless it is there.
 * @param {string} path
 * @param {string} content
 */
function create(path, content) {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes the lock at `path` if it still is the one that was found stale. (Moved away first: between reading and removing, somebody else may have taken over.)
 * @param {string} path
 * @param {string} stale
 */
function removeStale(path, stale) {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== stale) copyFileSync(aside, path, constants.COPYFILE_EXCL);
  } catch (error) {
    // Somebody else removed it, or has made a new one.
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * Who holds the lock at `path` at this moment. Changes nothing.
 * @param {string} path
 * @returns {Holder | undefined} undefined when nobody holds it
 */
export function lockHolder(path) {
  const found = read(path);
  const holder = found === undefined ? undefined : parse(found);
  return holder !== undefined && stillRuns(holder) ? holder : undefined;
}

/**
 * Takes the lock at `path` for this process. A lock whose process is gone, killed or lost with a power cut, is taken over.
 * @param {string} path
 * @param {string} note what the process is, for whoever finds the lock taken
 * @returns {Promise<Lock | { readonly holder: Holder }>} the lock, or who holds it
 */
export async function takeLock(path, note) {
  const id = randomUUID();
  const contentFor = (/** @type {string} */ now, tentative = false) =>
    JSON.stringify({ ...identify(process.pid), note: now, id, ...(tentative ? { tentative } : {}) });
  const isOurs = () => read(path)?.includes(id) === true;
  const lock = {
    restate: (/** @type {string} */ now) => isOurs() && writeFileSync(path, contentFor(now)),
    release: () => isOurs() && rmSync(path, { force: true }),
  };
  let tookOver = false;
  for (;;) {
    if (create(path, contentFor(note, tookOver))) {
      if (!tookOver) return lock;
      await delay(CONFIRM_MS);
      if (isOurs()) {
        lock.restate(note);
        return lock;
      }
    }
    const found = read(path);
    if (found === undefined) continue;
    const holder = parse(found);
    const isAlive = holder !== undefined && stillRuns(holder);
    if (isAlive && !holder.tentative) return { holder };
    if (isAlive || (holder === undefined && ageMs(path) < UNWRITTEN_MS)) {
      await delay(CONFIRM_MS);
      continue;
    }
    removeStale(path, found);
    tookOver = true;
  }
}
