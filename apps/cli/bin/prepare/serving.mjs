import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { codeOf, explainDiskError } from '../complaint.mjs';
import { identify, isIdentity, stillRuns } from '../process-identity.mjs';

const folderOf = (/** @type {string} */ root) => join(root, '.cache/serving');

/**
 * Notes that this process serves what was built in this clone, until it ends: nobody may rebuild it meanwhile.
 * @param {string} root
 * @returns {() => void} takes the note back
 */
export function noteServing(root) {
  const file = join(folderOf(root), String(process.pid));
  try {
    mkdirSync(folderOf(root), { recursive: true });
    writeFileSync(file, JSON.stringify(identify(process.pid)));
  } catch (error) {
    throw explainDiskError(error, file);
  }
  return () => rmSync(file, { force: true });
}

/**
 * The process that serves what was built in this clone, if there is one. Notes of processes that are gone are removed.
 * @param {string} root
 * @returns {number | undefined}
 */
export function servingProcess(root) {
  for (const name of listNotes(root)) {
    const file = join(folderOf(root), name);
    const identity = readNote(file);
    if (identity === undefined) continue;
    if (stillRuns(identity)) return identity.pid;
    rmSync(file, { force: true });
  }
  return undefined;
}

/** @param {string} root */
function listNotes(root) {
  try {
    return readdirSync(folderOf(root));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** @param {string} file */
function readNote(file) {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    return isIdentity(value) ? value : undefined;
  } catch {
    // Not written to the end yet, taken back at this moment, or cut off by a crash: nobody serves by it.
    return undefined;
  }
}
