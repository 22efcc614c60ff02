import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Complaint } from '../complaint.mjs';
import { COMMANDS, unknownCommand, USAGE } from '../usage.mjs';
import { ROOT } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { endRunning } from './run.mjs';
import { CLI, RELAY, WEB, WIDGET } from './targets.mjs';
import { runTests } from './tests.mjs';

/**
 * Runs a command on a clone in any state: prepares what the command needs, then hands over to the program in this same process.
 * @param {readonly string[]} args
 */
export async function main(args) {
  const [command = 'help'] = args;
  try {
    if (process.platform === 'win32') throw new Complaint('Switchboard runs on Linux and macOS; on Windows use it inside WSL 2.');
    if (command === 'help' || command === '--help' || command === '-h') return console.log(USAGE);
    if (!COMMANDS.includes(command)) throw new Complaint(unknownCommand(command));
    await whilePreparing(
      async () => await (command === 'test' ? runTests() : prepare(command === 'start' ? [CLI, RELAY, WIDGET, WEB] : [CLI])),
    );
    if (command !== 'test') await import(pathToFileURL(join(ROOT, CLI.result)).href);
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/**
 * Runs `work` so that a signal ends what it has started, too: npm and the builds have process groups of their own.
 * @param {() => Promise<void>} work
 */
async function whilePreparing(work) {
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    endRunning();
    process.exit(128 + constants.signals[signal]);
  };
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  try {
    await work();
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
