import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { UserError } from '../apps/cli/src/standalone/user-error.mjs';
import { startedByNohup, watchParents } from '../apps/cli/src/standalone/parents.mjs';
import { COMMANDS, unknownCommand, USAGE } from '../apps/cli/src/standalone/usage.mjs';
import { runBench } from './commands/bench.mjs';
import { prepareAndRunChaos } from './commands/chaos.mjs';
import { ROOT } from './paths.mjs';
import { prepare } from './prepare/prepare.mjs';
import { endRunning } from './run.mjs';
import { commandLineTarget, productTargets } from './prepare/targets.mjs';
import { runTests } from './commands/test.mjs';

/** Commands of the clone that are not part of the built program. @type {Readonly<Record<string, ((args: readonly string[]) => Promise<void>) | undefined>>} */
const TOOLS = { test: runTests, chaos: prepareAndRunChaos, bench: runBench };

/**
 * Runs a command on a clone in any state: prepares what the command needs, then runs the program in the same process.
 * @param {readonly string[]} args
 */
export async function main(args) {
  const [command = 'help'] = args;
  try {
    if (process.platform === 'win32') throw new UserError('Switchboard runs on Linux and macOS; on Windows use it inside WSL 2.');
    if (command === 'help' || command === '--help' || command === '-h') return console.log(USAGE);
    if (!COMMANDS.includes(command)) throw new UserError(unknownCommand(command));
    const commandLine = commandLineTarget(ROOT);
    const targets = command === 'start' ? productTargets(ROOT) : [commandLine];
    const [, ...rest] = args;
    const tool = TOOLS[command];
    await endingWithParents(async () => await (tool === undefined ? prepare(targets) : tool(rest)));
    if (tool === undefined) await import(pathToFileURL(join(ROOT, commandLine.result)).href);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/**
 * Runs `work` and ends its child processes on a signal or when npm ends, because npm and the builds have their own process groups.
 * @param {() => Promise<void>} work
 */
async function endingWithParents(work) {
  const end = (/** @type {NodeJS.Signals} */ signal) => {
    endRunning();
    process.exit(128 + constants.signals[signal]);
  };
  /** @type {readonly NodeJS.Signals[]} */
  const signals = startedByNohup() ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const unwatch = process.env.npm_lifecycle_event === undefined || startedByNohup() ? () => undefined : watchParents(() => end('SIGTERM'));
  // Keep ignoring an ignored signal: without a listener it would end this process.
  const ignore = () => undefined;
  if (startedByNohup()) process.on('SIGHUP', ignore);
  for (const signal of signals) process.on(signal, end);
  try {
    await work();
  } finally {
    unwatch();
    for (const signal of signals) process.off(signal, end);
  }
}
