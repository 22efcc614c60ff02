import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { codeOf, explainDiskError } from './user-error.mjs';
import { identify, isIdentity, stillRuns } from './process-identity.mjs';

const folderOf = (/** @type {string} */ root) => join(root, '.cache/serving');

/**
 * Records that this process serves the build of this clone until it ends, so that no other process rebuilds it meanwhile.
 * @param {string} root
 * @param {string} [dataDir] its data folder
 * @returns {() => void} a function that removes the record
 */
export function noteServing(root, dataDir) {
  const file = join(folderOf(root), String(process.pid));
  try {
    mkdirSync(folderOf(root), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...identify(process.pid), dataDir }));
  } catch (error) {
    throw explainDiskError(error, file);
  }
  return () => rmSync(file, { force: true });
}

/**
 * The process that serves the build of this clone, if any. Records of ended processes are removed.
 * @param {string} root
 * @returns {number | undefined}
 */
export function servingProcess(root) {
  return servingNote(root)?.pid;
}

/**
 * The same with its data folder.
 * @param {string} root
 * @returns {{ readonly pid: number, readonly dataDir: string | undefined } | undefined}
 */
export function servingNote(root) {
  for (const name of listNotes(root)) {
    const file = join(folderOf(root), name);
    const note = readNote(file);
    if (note === undefined) continue;
    if (stillRuns(note)) return { pid: note.pid, dataDir: note.dataDir };
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
    return isIdentity(value)
      ? { ...value, dataDir: 'dataDir' in value && typeof value.dataDir === 'string' ? value.dataDir : undefined }
      : undefined;
  } catch {
    // Not completely written, just removed, or truncated by a crash: it does not count.
    return undefined;
  }
}
