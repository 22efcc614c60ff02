import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { UserError, explainDiskError } from '../../apps/cli/src/standalone/user-error.mjs';
import { takeLock } from '../../apps/cli/src/standalone/lock-file.mjs';
import { install, isInstalled } from './install.mjs';
import { CACHE, ROOT } from '../paths.mjs';
import { servingProcess } from '../../apps/cli/src/standalone/serving.mjs';
import { build, isBuilt, PRISMA_CLIENT } from './targets.mjs';

/** @typedef {import('./targets.mjs').Target} Target */

const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`);
const seconds = (/** @type {number} */ since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * Makes everything that `targets` need and that is missing or older than its sources: packages, database client, builds. When nothing is stale, it returns within a
 * tenth of a second. One process at a time prepares a clone; others wait.
 * @param {readonly Target[]} targets
 */
export async function prepare(targets) {
  if (isInstalled(ROOT) && missing([PRISMA_CLIENT, ...targets]).length === 0) return;
  const release = await takePrepareLock();
  try {
    await prepareLocked(targets);
  } finally {
    release();
  }
}

/** @param {readonly Target[]} targets */
async function prepareLocked(targets) {
  const installed = isInstalled(ROOT);
  const todo = missing(targets);
  const serving = servingProcess(ROOT);
  if (serving !== undefined && (!installed || todo.some(({ served }) => served === true)))
    throw new UserError(
      `Switchboard is running from this folder (process ${serving}) and its files have changed: stop it, then start again.`,
    );
  if (!installed) await step('installing the packages', async () => await install(ROOT));
  for (const target of missing([PRISMA_CLIENT])) await buildTarget(target);
  await Promise.all(missing(targets).map(buildTarget));
}

/** @param {readonly Target[]} targets */
function missing(targets) {
  return targets.filter((target) => !isBuilt(ROOT, target));
}

/** @param {Target} target */
async function buildTarget(target) {
  await step(`${target.script === 'build' ? 'building' : 'generating'} ${target.name}`, async () => await build(ROOT, target));
}

/**
 * @param {string} name
 * @param {() => Promise<void>} work
 */
async function step(name, work) {
  const since = performance.now();
  say(`${name} …`);
  await work();
  say(`${name}: done in ${seconds(since)}`);
}

/** Waits until no other process prepares this clone. @returns {Promise<() => void>} */
async function takePrepareLock() {
  const path = join(CACHE, 'preparing.lock');
  try {
    mkdirSync(CACHE, { recursive: true });
    for (let waited = false; ; waited = true) {
      const result = await takeLock(path, 'prepare');
      if ('release' in result) return result.release;
      if (!waited) say(`process ${result.holder.pid} is installing or building here; waiting …`);
      await delay(200);
    }
  } catch (error) {
    throw explainDiskError(error, path);
  }
}
