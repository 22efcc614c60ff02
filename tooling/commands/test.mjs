import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { UserError } from '../../apps/cli/src/standalone/user-error.mjs';
import { runChaos } from './chaos.mjs';
import { equipMachine, findChromium } from '../machine.mjs';
import { CACHE, ROOT } from '../paths.mjs';
import { prepare } from '../prepare/prepare.mjs';
import { run } from '../run.mjs';
import { productTargets } from '../prepare/targets.mjs';

/**
 * The result of one part of the run, with a text for each failure: the name of the test and the beginning of its message.
 * @typedef {{ readonly passed: number, readonly failed: number, readonly failures: readonly string[] }} Tally
 */

/** The lines of an error message that are repeated at the end of the run. */
const MESSAGE_LINES = 12;

/**
 * Tests a clone in any state: first the tests beside the code, then the stories against the whole system, then the checks. It runs all parts even when some fail,
 * and ends with the names of all failures and a summary, so that the end of a long log shows them. Exits with 1 on any failure.
 */
export async function runTests() {
  await prepare([]);
  const missing = await equipMachine();
  const tallies = [await runVitest('the tests beside the code', 'unit', [])];
  tallies.push(await runStories());
  tallies.push(await runShortChaos());
  tallies.push(await runChecks());
  for (const name of missing) console.error(`${name} is not installed; what needs it was not tested`);
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  for (const failure of tallies.flatMap(({ failures }) => failures)) console.log(`failed: ${failure}`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0 || missing.length > 0) process.exitCode = 1;
}

/** @returns {Promise<Tally>} */
async function runStories() {
  try {
    await prepare(productTargets(ROOT));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { passed: 0, failed: 1, failures: [`building the product\n${error.message}`] };
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
 * Some of the chaos scenarios, each with a known and a new seed.
 * @returns {Promise<Tally>}
 */
async function runShortChaos() {
  console.error('running the short chaos …');
  const report = join(CACHE, 'chaos.json');
  rmSync(report, { force: true });
  const code = await runChaos(['--short', '--report', report]);
  const failures = ['the short chaos (see its report above)'];
  if (!existsSync(report)) return { passed: 0, failed: 1, failures };
  const { passed, failed } = JSON.parse(readFileSync(report, 'utf8'));
  return code === 0 && failed === 0 ? { passed, failed, failures: [] } : { passed, failed: Math.max(failed, 1), failures };
}

/**
 * Format, lint, types, unused code and size limits; sizes are those of the previous build. Counts as one test.
 * @returns {Promise<Tally>}
 */
async function runChecks() {
  console.error('running the checks …');
  const code = await run('npm', ['run', '--silent', 'check'], { output: 'inherit' });
  return code === 0
    ? { passed: 1, failed: 0, failures: [] }
    : { passed: 0, failed: 1, failures: ['the checks (format, lint, types, unused code, size limits)'] };
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
  return tally(title, existsSync(report) ? readFileSync(report, 'utf8') : undefined, code);
}

/**
 * The result of a run of Vitest. Failures outside of tests (a file that can't be loaded, an unhandled error) count as one each.
 * @param {string} title of the run
 * @param {string | undefined} report Vitest's JSON report, if it wrote one
 * @param {number} exitCode
 * @returns {Tally}
 */
export function tally(title, report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1, failures: [`${title}: ended without a report`] };
  const { numPassedTests: passed, testResults } = /** @type {VitestReport} */ (JSON.parse(report));
  const failures = testResults.flatMap((file) => {
    const name = relative(ROOT, file.name);
    if (file.status === 'failed' && file.assertionResults.length === 0) return [`${name}\n${beginning(file.message)}`];
    return file.assertionResults
      .filter(({ status }) => status === 'failed')
      .map((test) => `${name}: ${test.fullName}\n${beginning(test.failureMessages.join('\n'))}`);
  });
  if (failures.length === 0 && exitCode !== 0) failures.push(`${title}: an unhandled error (see above)`);
  return { passed, failed: failures.length, failures };
}

/**
 * The part of Vitest's report that is used here.
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {{ name: string, status: string, message: string, assertionResults: { fullName: string, status: string, failureMessages: string[] }[] }[]} testResults
 */

/**
 * @param {string} message
 * @returns {string} its first lines, indented
 */
function beginning(message) {
  return message
    .replace('STACK_TRACE_ERROR', 'timed out') // What vitest's report in JSON has instead of the message of a time limit.
    .split('\n')
    .slice(0, MESSAGE_LINES)
    .map((line) => `  ${line}`)
    .join('\n');
}
