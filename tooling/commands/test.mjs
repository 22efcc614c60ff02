import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { UserError } from '../../apps/cli/src/standalone/user-error.mjs';
import { runChaos } from './chaos.mjs';
import { equipMachine, findChromium } from '../machine.mjs';
import { CACHE, ROOT } from '../paths.mjs';
import { prepare } from '../prepare/prepare.mjs';
import { run } from '../run.mjs';
import { productTargets } from '../prepare/targets.mjs';

/** @typedef {{ readonly passed: number, readonly failed: number }} Tally */

/**
 * Proves the project right on a clone in any state: the tests beside the code, then the stories against the whole system. Runs all even when some fail,
 * then the checks, ends with one line of figures, and with exit code 1 on any failure.
 */
export async function runTests() {
  await prepare([]);
  const missing = await equipMachine();
  const tallies = [await runVitest('the tests beside the code', 'unit', [])];
  tallies.push(await runStories());
  tallies.push(await runShortChaos());
  tallies.push(await runChecks());
  for (const name of missing) console.error(`not on this machine, so what needs it was not tested: ${name}`);
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0 || missing.length > 0) process.exitCode = 1;
}

/** @returns {Promise<Tally>} */
async function runStories() {
  try {
    await prepare(productTargets(ROOT));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    return { passed: 0, failed: 1 };
  }
  const chromium = findChromium();
  return await runVitest(
    'the stories',
    'e2e',
    ['--config', 'e2e/vitest.config.ts'],
    chromium === undefined ? {} : { CHROMIUM_PATH: chromium },
  );
}

/**
 * Some of the scenarios in which everything breaks, each with a known and a new seed.
 * @returns {Promise<Tally>}
 */
async function runShortChaos() {
  console.error('running the short chaos …');
  const report = join(CACHE, 'chaos.json');
  rmSync(report, { force: true });
  const code = await runChaos(['--short', '--report', report]);
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { passed, failed } = JSON.parse(readFileSync(report, 'utf8'));
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

/**
 * Format, lint, types, unused code and bytes; the bytes are those of the build before. Counts as one test.
 * @returns {Promise<Tally>}
 */
async function runChecks() {
  console.error('running the checks …');
  const code = await run('npm', ['run', '--silent', 'check'], { output: 'inherit' });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * @param {string} title
 * @param {string} name of the report
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<Tally>}
 */
async function runVitest(title, name, args, env) {
  console.error(`running ${title} …`);
  const report = join(CACHE, `tests-${name}.json`);
  mkdirSync(CACHE, { recursive: true });
  rmSync(report, { force: true });
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(process.execPath, [vitest, 'run', ...args, ...reporters], {
    env: { NODE_ENV: 'test', ...env },
    output: 'inherit',
  });
  return tally(existsSync(report) ? readFileSync(report, 'utf8') : undefined, code);
}

/**
 * What a run of vitest comes to. Something that is not a test may fail, too (a file that can't be loaded, an error nobody handled): it counts as one.
 * @param {string | undefined} report vitest's report in JSON, if it got so far
 * @param {number} exitCode
 * @returns {Tally}
 */
export function tally(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(report);
  const unloadable = testResults.filter(
    (/** @type {{ status: string, assertionResults: readonly object[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + unloadable;
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}
