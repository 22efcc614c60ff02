import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';

import { play } from './play.ts';
import { remoteStack } from './remote.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** What this thread is started with. */
export interface Run {
  readonly scenario: string;
  readonly seed: number;
}

if (parentPort === null) throw new Error('This is the inside of a run; start one with `npm run chaos`.');
const port = parentPort;
// What is thrown here may be no error (a DOMException), of which nothing but its class would arrive at the other end.
process.on('unhandledRejection', (reason) => {
  throw new Error(`unhandled rejection: ${inspect(reason)}`);
});
const { scenario: name, seed } = workerData as Run;
const scenario = SCENARIOS.find((candidate) => candidate.name === name);
if (scenario === undefined) throw new Error(`There is no scenario "${name}".`);
const outcome = await play(scenario, seed, remoteStack(port));
port.postMessage({ outcome });
port.close();
