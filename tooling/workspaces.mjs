import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A workspace of the repository.
 * @typedef {object} Workspace
 * @property {string} folder relative to the repository's root, with forward slashes
 * @property {Manifest} manifest its package.json
 */

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {Record<string, string>} [dependencies]
 * @property {Product} [product] the result of the workspace's `build` script, where it is part of the product
 */

/**
 * @typedef {object} Product
 * @property {string} name for messages
 * @property {string} result a file that exists once it is built, relative to the workspace
 * @property {boolean} served whether a running system reads the build
 */

/**
 * All workspaces, from the patterns in the root's package.json, which is the only list of workspaces. Missing folders (a container has no benchmarks) are skipped.
 * @param {string} root
 * @returns {readonly Workspace[]}
 */
export function readWorkspaces(root) {
  /** @type {{ workspaces: readonly string[] }} */
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return workspaces
    .flatMap((pattern) => foldersOf(root, pattern))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) }));
}

/**
 * @param {string} root
 * @param {string} pattern a folder, or `folder/*`
 */
function foldersOf(root, pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  return readdirSync(join(root, parent))
    .toSorted()
    .map((name) => `${parent}/${name}`);
}

/**
 * The workspaces that `name` needs at run time, directly or indirectly, in the order of `workspaces`, without `name` itself.
 * @param {readonly Workspace[]} workspaces
 * @param {string} name
 * @returns {readonly Workspace[]}
 */
export function neededWorkspaces(workspaces, name) {
  const needed = new Set([name]);
  for (const current of needed) for (const dependency of dependenciesOf(workspaces, current)) needed.add(dependency);
  return workspaces.filter(({ manifest }) => manifest.name !== name && needed.has(manifest.name));
}

/**
 * The third-party packages that `name` and the workspaces it needs use at run time.
 * @param {readonly Workspace[]} workspaces
 * @param {string} name
 * @returns {readonly string[]} sorted
 */
export function externalPackages(workspaces, name) {
  const own = new Set(workspaces.map(({ manifest }) => manifest.name));
  const all = [name, ...neededWorkspaces(workspaces, name).map(({ manifest }) => manifest.name)];
  const packages = all.flatMap((each) => dependenciesOf(workspaces, each)).filter((dependency) => !own.has(dependency));
  return [...new Set(packages)].toSorted();
}

/**
 * @param {readonly Workspace[]} workspaces
 * @param {string} name
 */
function dependenciesOf(workspaces, name) {
  return Object.keys(workspaces.find(({ manifest }) => manifest.name === name)?.manifest.dependencies ?? {});
}
