import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { UserError } from '../../apps/cli/src/standalone/user-error.mjs';
import { installHash } from './install.mjs';
import { npm } from '../run.mjs';
import { neededWorkspaces, readWorkspaces } from '../workspaces.mjs';
import { hashSources, readStamp, writeStamp } from './stamps.mjs';

/**
 * A build or generated code.
 * @typedef {object} Target
 * @property {string} name for messages
 * @property {string} workspace
 * @property {'build' | 'generate'} script the workspace's script that makes it
 * @property {string} result a file that exists once it is made
 * @property {boolean} [served] whether a running system reads it
 * @property {readonly string[]} sources the files and folders that it is made from
 */

/** @type {Target} */
export const PRISMA_CLIENT = {
  name: 'the database client',
  workspace: 'packages/database',
  script: 'generate',
  result: 'packages/database/src/generated/client.ts',
  sources: ['packages/database/prisma', 'packages/database/prisma.config.ts', 'packages/database/package.json'],
};

/**
 * The parts of the product, from the `product` of their package.json. A build reads the workspace's folder and those of the workspaces that it needs.
 * @param {string} root
 * @returns {readonly Target[]}
 */
export function productTargets(root) {
  const workspaces = readWorkspaces(root);
  return workspaces.flatMap(({ folder, manifest: { name: workspace, product } }) => {
    if (product === undefined) return [];
    const { name, result, served } = product;
    const sources = [folder, ...neededWorkspaces(workspaces, workspace).map((needed) => needed.folder)];
    return [{ name, workspace: folder, script: /** @type {const} */ ('build'), result: `${folder}/${result}`, served, sources }];
  });
}

/**
 * The target of the command line, which is all that commands other than `start` need.
 * @param {string} root
 */
export function commandLineTarget(root) {
  const target = productTargets(root).find(({ workspace }) => workspace === 'apps/cli');
  if (target === undefined) throw new UserError(`apps/cli is missing in ${root}: this is not a complete copy of Switchboard.`);
  return target;
}

const stampFile = (/** @type {string} */ root, /** @type {Target} */ target) =>
  join(root, 'node_modules/.switchboard-built', target.workspace.replace('/', '-'));

/**
 * A hash of the target's inputs: its sources, the shared sources, and the installed packages.
 * @param {string} root
 * @param {Target} target
 */
function targetHash(root, target) {
  return hashSources(root, ['tsconfig.base.json', ...target.sources]) + installHash(root);
}

/**
 * Whether the target is up to date.
 * @param {string} root
 * @param {Target} target
 */
export function isBuilt(root, target) {
  return existsSync(join(root, target.result)) && readStamp(stampFile(root, target)) === targetHash(root, target);
}

/**
 * Makes the target. Its stamp is computed before: sources that change during the build make it stale again.
 * @param {string} root
 * @param {Target} target
 */
export async function build(root, target) {
  const hash = targetHash(root, target);
  await npm(`building ${target.name}`, ['run', target.script, '-w', target.workspace], { NODE_ENV: 'production' });
  writeStamp(stampFile(root, target), hash);
}
