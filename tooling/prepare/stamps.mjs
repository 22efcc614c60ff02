import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { codeOf, explainDiskError } from '../../apps/cli/src/standalone/user-error.mjs';

/** Folders with build results or third-party code. */
const NEVER_READ = new Set(['node_modules', 'dist', '.next', 'generated', 'testing', 'fixtures', 'traces']);
/** Files that no build reads: tests, and files that tools write beside the sources. */
const NEVER_BUILT = /\.test\.[a-z]+$|\.tsbuildinfo$|^next-env\.d\.ts$|\.md$/;

/**
 * Every source file at or below `path`, in the same order everywhere.
 * @param {string} path
 * @returns {string[]}
 */
function sourceFiles(path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return [path];
    // A missing path has no files; if it appears, the hash changes.
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((entry) => (entry.isDirectory() ? !NEVER_READ.has(entry.name) : !NEVER_BUILT.test(entry.name)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? sourceFiles(join(path, entry.name)) : [join(path, entry.name)]));
}

/**
 * A hash over names and contents of all source files at or below `paths`. Not over file times: checking out another branch and back changes them all, and reading
 * a few hundred small files takes only about ten milliseconds.
 * @param {string} root
 * @param {readonly string[]} paths relative to `root`
 * @returns {string}
 */
export function hashSources(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths)
    for (const file of sourceFiles(join(root, path))) {
      const content = readFileSync(file);
      hash.update(`${file.slice(root.length)}\0${content.length}\0`).update(content);
    }
  return hash.digest('hex');
}

/**
 * @param {string} file
 * @returns {string | undefined} the stamp, undefined when there is none
 */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * @param {string} file
 * @param {string} stamp
 */
export function writeStamp(file, stamp) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, stamp);
  } catch (error) {
    throw explainDiskError(error, file);
  }
}
