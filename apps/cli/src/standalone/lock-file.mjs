import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { codeOf } from './user-error.mjs';
import { identify, isIdentity, stillRuns } from './process-identity.mjs';

/** How long a lock file may be empty: it is written right after its creation, unless the writer was killed in between. */
const UNWRITTEN_MS = 2_000;
/** How long to wait before checking a lock again that another process is creating or removing. */
const RECHECK_MS = 20;

/** @typedef {import('./process-identity.mjs').ProcessIdentity & { readonly note: string }} Holder */
/**
 * A lock that this process holds.
 * @typedef {object} Lock
 * @property {(note: string) => void} restate replaces the note
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
    return { ...value, note: 'note' in value ? String(value.note) : '' };
  } catch {
    // Truncated by a crash: no one holds it.
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
 * Creates the file if it does not exist.
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

/** @param {string} found the content of a lock file */
function isAlive(found) {
  const holder = parse(found);
  return holder !== undefined && stillRuns(holder);
}

/**
 * Removes the lock at `path` if it is still the stale one. A process may remove another process's lock only while it holds the guard file beside it, so that it
 * can't remove the new lock of a faster process.
 * @param {string} path
 * @param {string} stale
 */
function removeStale(path, stale) {
  const guard = `${path}.removing`;
  if (!create(guard, JSON.stringify(identify(process.pid)))) {
    // Its creator removes it immediately, unless it was killed.
    const found = read(guard);
    if (found !== undefined && !isAlive(found) && ageMs(guard) > UNWRITTEN_MS) rmSync(guard, { force: true });
    return;
  }
  try {
    if (read(path) === stale) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * The current holder of the lock at `path`.
 * @param {string} path
 * @returns {Holder | undefined} undefined when no process holds it
 */
export function lockHolder(path) {
  const found = read(path);
  return found !== undefined && isAlive(found) ? parse(found) : undefined;
}

/**
 * Takes the lock at `path` for this process. The lock of a process that was killed or lost in a power failure is taken over.
 * @param {string} path
 * @param {string} note describes the process to others that find the lock taken
 * @returns {Promise<Lock | { readonly holder: Holder }>} the lock, or its holder
 */
export async function takeLock(path, note) {
  const id = randomUUID();
  const contentFor = (/** @type {string} */ now) => JSON.stringify({ ...identify(process.pid), note: now, id });
  const isOurs = () => read(path)?.includes(id) === true;
  const lock = {
    restate: (/** @type {string} */ now) => isOurs() && writeFileSync(path, contentFor(now)),
    release: () => isOurs() && rmSync(path, { force: true }),
  };
  for (;;) {
    if (create(path, contentFor(note))) return lock;
    const found = read(path);
    if (found === undefined) continue;
    const holder = parse(found);
    if (holder !== undefined && stillRuns(holder)) return { holder };
    if (holder !== undefined || ageMs(path) > UNWRITTEN_MS) removeStale(path, found);
    await delay(RECHECK_MS);
  }
}
