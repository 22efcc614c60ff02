import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { installHash } from './install.mjs';
import { npm } from '../run.mjs';
import { hashSources, readStamp, writeStamp } from './stamps.mjs';

/**
 * Something that is made from sources.
 * @typedef {object} Target
 * @property {string} name as it is said
 * @property {string} workspace
 * @property {'build' | 'generate'} script the workspace's script that makes it
 * @property {string} result a file that is there once it is made
 * @property {readonly string[]} sources files and folders whose contents go into it
 */

const src = (/** @type {readonly string[]} */ ...packages) =>
  packages.flatMap((name) => [`packages/${name}/src`, `packages/${name}/package.json`]);

/** @type {Target} */
export const PRISMA_CLIENT = {
  name: 'the database client',
  workspace: 'packages/database',
  script: 'generate',
  result: 'packages/database/src/generated/client.ts',
  sources: ['packages/database/prisma', 'packages/database/prisma.config.ts', 'packages/database/package.json'],
};

/** @type {Target} */
export const CLI = {
  name: 'the command line',
  workspace: 'apps/cli',
  script: 'build',
  result: 'apps/cli/dist/cli.js',
  sources: [
    'apps/cli',
    'packages/database/prisma',
    ...src('config', 'protocol', 'tokens', 'relay-client', 'telemetry', 'database', 'jobs', 'chat'),
  ],
};

/** @type {Target} */
export const RELAY = {
  name: 'the relay',
  workspace: 'apps/relay',
  script: 'build',
  result: 'apps/relay/dist/relay.js',
  sources: ['apps/relay', ...src('config', 'limits', 'protocol', 'redis', 'tokens', 'telemetry')],
};

/** @type {Target} */
export const WIDGET = {
  name: 'the widget',
  workspace: 'apps/widget',
  script: 'build',
  result: 'apps/widget/dist/widget.js',
  sources: ['apps/widget', ...src('protocol', 'client')],
};

/** @type {Target} */
export const WEB = {
  name: 'the web app',
  workspace: 'apps/web',
  script: 'build',
  result: 'apps/web/dist/web.js',
  sources: [
    'apps/web',
    'packages/database/prisma',
    ...src('config', 'limits', 'protocol', 'redis', 'tokens', 'relay-client', 'telemetry', 'database', 'jobs', 'chat', 'client'),
  ],
};

const stampFile = (/** @type {string} */ root, /** @type {Target} */ target) =>
  join(root, 'node_modules/.switchboard-built', target.workspace.replace('/', '-'));

/**
 * What the target must have been made from: its sources, what all of them share, and the packages that are installed.
 * @param {string} root
 * @param {Target} target
 */
function targetHash(root, target) {
  return hashSources(root, ['tsconfig.base.json', ...target.sources]) + installHash(root);
}

/**
 * Whether what was made from these very sources is there.
 * @param {string} root
 * @param {Target} target
 */
export function isBuilt(root, target) {
  return existsSync(join(root, target.result)) && readStamp(stampFile(root, target)) === targetHash(root, target);
}

/**
 * Makes the target. Its stamp is of the sources as they were before: a change while it is made makes it anew the next time.
 * @param {string} root
 * @param {Target} target
 */
export async function build(root, target) {
  const hash = targetHash(root, target);
  await npm(`building ${target.name}`, ['run', target.script, '-w', target.workspace], { NODE_ENV: 'production' });
  writeStamp(stampFile(root, target), hash);
}
