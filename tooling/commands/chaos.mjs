import { join } from 'node:path';

import { equipMachine } from '../machine.mjs';
import { ROOT } from '../paths.mjs';
import { prepare } from '../prepare/prepare.mjs';
import { run } from '../run.mjs';
import { productTargets } from '../prepare/targets.mjs';

/**
 * Runs the scenarios of e2e/chaos on the existing build.
 * @param {readonly string[]} args arguments of e2e/chaos/main.ts
 * @returns {Promise<number>} its exit code
 */
export async function runChaos(args) {
  const main = join(ROOT, 'e2e/chaos/main.ts');
  return await run(process.execPath, ['--import', 'tsx', main, ...args], { output: 'inherit' });
}

/**
 * The same on a clone in any state.
 * @param {readonly string[]} args
 */
export async function prepareAndRunChaos(args) {
  await prepare(productTargets(ROOT));
  for (const name of await equipMachine()) console.error(`${name} is not installed; scenarios that need it will fail`);
  process.exitCode = await runChaos(args);
}
