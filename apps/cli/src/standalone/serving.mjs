import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { codeOf, explainDiskError } from './user-error.mjs';
import { identify, isIdentity, stillRuns } from './process-identity.mjs';

const folderOf = (/** @type {string} */ root) => join(root, '.cache/serving');

/**
 * Notes that this process serves what was built in this clone, until it ends: nobody may rebuild it meanwhile.
 * @param {string} root
 * @param {string} [dataDir] the folder that it keeps its data in
 * @returns {() => void} takes the note back
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
 * The process that serves what was built in this clone, if there is one. Notes of processes that are gone are removed.
 * @param {string} root
 * @returns {number | undefined}
 */
export function servingProcess(root) {
  return servingNote(root)?.pid;
}

/**
 * The same with the folder of its data.
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
    // Not written to the end yet, taken back at this moment, or cut off by a crash: nobody serves by it.
    return undefined;
  }
}
