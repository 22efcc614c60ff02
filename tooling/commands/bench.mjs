import { join } from 'node:path';

import { ROOT } from '../paths.mjs';
import { prepare } from '../prepare/prepare.mjs';
import { run } from '../run.mjs';
import { productTargets } from '../prepare/targets.mjs';

/**
 * Runs benchmarks on a clone in any state. It builds the measured programs first.
 * @param {readonly string[]} args names of benchmarks; empty for all
 */
export async function runBench(args) {
  await prepare(productTargets(ROOT));
  const main = join(ROOT, 'bench/src/main.ts');
  // As in production, where libraries check and log less.
  const env = { NODE_ENV: 'production' };
  process.exitCode = await run(process.execPath, ['--import', 'tsx', main, ...args], { env, output: 'inherit' });
}
