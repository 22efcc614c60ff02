import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { codeOf, UserError, explainDiskError } from '../apps/cli/src/standalone/user-error.mjs';
import { CACHE, ROOT } from './paths.mjs';

/** @typedef {Record<string, string | undefined>} Environment */

/** The process groups that this process has started; they end with it. @type {Set<number>} */
const groups = new Set();

/** Ends all processes that `run` started. */
export function endRunning() {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGTERM');
    } catch (error) {
      // It has just ended.
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }
}

/**
 * Runs a program in its own process group, so that its child processes can be ended with it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: Environment | undefined, output: number | 'inherit' }} options `output`: the destination of its output
 * @returns {Promise<number>} its exit code, 1 when a signal ended it
 */
export async function run(program, args, { env, output }) {
  const child = spawn(program, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', output, output], detached: true });
  return await new Promise((resolve, reject) => {
    child.on('spawn', () => groups.add(/** @type {number} */ (child.pid)));
    child.on('error', (error) =>
      reject(codeOf(error) === 'ENOENT' ? new UserError(`${program} is not installed, or not on the PATH.`) : error),
    );
    child.on('close', (code) => {
      groups.delete(/** @type {number} */ (child.pid));
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs a program with its output in a log file; on failure the log is printed.
 * @param {string} name the step, for messages and for the log's name
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Environment} [env]
 * @returns {Promise<void>}
 */
export async function runLogged(name, program, args, env) {
  const log = join(CACHE, 'logs', `${name.replaceAll(/\W+/g, '-')}.log`);
  const output = openLog(log);
  const code = await run(program, args, { env, output }).finally(() => closeSync(output));
  if (code === 0) return;
  const text = readFileSync(log, 'utf8');
  if (/\bENOSPC\b|No space left on device/.test(text))
    throw new UserError(`There is no space left on the disk: ${name} failed (see ${log}).`);
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  throw new UserError(`${name} failed (${basename(program)} ended with ${code}); the output is above and in ${log}.`);
}

/** @param {string} path */
function openLog(path) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'w');
  } catch (error) {
    throw explainDiskError(error, path);
  }
}

/**
 * The npm of this Node: the one that runs this process, otherwise the one beside Node, otherwise the one in the PATH.
 * @returns {{ program: string, first: readonly string[] }}
 */
function findNpm() {
  const running = process.env.npm_execpath;
  if (running !== undefined && basename(running) === 'npm-cli.js' && existsSync(running))
    return { program: process.execPath, first: [running] };
  const beside = join(dirname(process.execPath), 'npm');
  if (existsSync(beside)) return { program: beside, first: [] };
  return { program: 'npm', first: [] };
}

/**
 * Runs npm with its output in a log file.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {Environment} [env]
 */
export async function npm(name, args, env) {
  const { program, first } = findNpm();
  await runLogged(name, program, [...first, ...args], {
    NEXT_TELEMETRY_DISABLED: '1',
    CHECKPOINT_DISABLE: '1',
    npm_config_update_notifier: 'false',
    ...env,
  });
}
