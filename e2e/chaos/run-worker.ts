import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';

import { play } from './play.ts';
import { remoteStack } from './remote.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** The arguments of this thread. */
export interface Run {
  readonly scenario: string;
  readonly seed: number;
}

if (parentPort === null) throw new Error('This file runs in a worker thread; start a run with `npm run chaos`.');
const port = parentPort;
// A value that is not an Error (a DOMException) would lose everything but its class on the way to the other thread.
process.on('unhandledRejection', (reason) => {
  throw new Error(`unhandled rejection: ${inspect(reason)}`);
});
const { scenario: name, seed } = workerData as Run;
const scenario = SCENARIOS.find((candidate) => candidate.name === name);
if (scenario === undefined) throw new Error(`Unknown scenario "${name}".`);
const outcome = await play(scenario, seed, remoteStack(port));
port.postMessage({ outcome });
port.close();
