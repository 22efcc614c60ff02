import { join } from 'node:path';

import { ROOT } from '../paths.mjs';
import { prepare } from '../prepare/prepare.mjs';
import { run } from '../run.mjs';
import { productTargets } from '../prepare/targets.mjs';

/**
 * Measures on a clone in any state: what is measured has to be built first.
 * @param {readonly string[]} args names of benchmarks; none: all
 */
export async function runBench(args) {
  await prepare(productTargets(ROOT));
  const main = join(ROOT, 'bench/src/main.ts');
  // As it runs in production: libraries check less and say less then.
  const env = { NODE_ENV: 'production' };
  process.exitCode = await run(process.execPath, ['--import', 'tsx', main, ...args], { env, output: 'inherit' });
}
