import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

import { QuietClock } from '@switchboard/database/testing/quiet-clock';
import { build } from 'esbuild';

import type { Outcome } from './play.ts';
import { serve } from './remote.ts';
import { summarize, type Finished } from './report.ts';
import { SCENARIOS, SHORT } from './scenarios/index.ts';
import type { Run } from './run-worker.ts';
import { Stack } from './stack/stack.ts';

/** A run that takes longer than this is stuck. Milliseconds of a quiet machine. */
const RUN_TIMEOUT_MS = 240_000;
const clock = new QuietClock();
const WORKER = join(import.meta.dirname, 'dist/run-worker.mjs');

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true },
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string', multiple: true },
    /** How many runs are played at the same time. */
    parallel: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
    /** A few scenarios with two seeds, one of them new every time: short enough for every test run. */
    short: { type: 'boolean', default: false },
    report: { type: 'string' },
  },
});

function runsOf(): Run[] {
  const names = values.scenario?.flatMap((list) => list.split(',')) ?? SCENARIOS.map(({ name }) => name);
  for (const name of names) if (!SCENARIOS.some((scenario) => scenario.name === name)) throw new Error(`Unknown scenario "${name}".`);
  if (values.short)
    return [1, 1 + Math.floor(Math.random() * 1_000_000)].flatMap((seed) => SHORT.map(({ name }) => ({ scenario: name, seed })));
  const seeds = values.seed?.map(Number) ?? Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
  return seeds.flatMap((seed) => names.map((scenario) => ({ scenario, seed })));
}

/** Plays one run in its own thread, so that nothing of it remains for the next one. */
async function runOnce(run: Run, stack: Stack): Promise<Outcome> {
  await stack.renew(`${run.scenario} ${run.seed}`);
  const worker = new Worker(WORKER, { workerData: run });
  serve(worker, stack);
  const outcome = await new Promise<Outcome>((resolve) => {
    const failed = (violation: string) => resolve({ violations: [violation], figures: { messages: 0, unknown: 0, healedMs: 0 } });
    const end = clock.now() + RUN_TIMEOUT_MS;
    const timer = setInterval(() => {
      if (clock.now() > end) failed(`not finished after ${RUN_TIMEOUT_MS / 1_000} s`);
    }, 1_000);
    worker.on('message', (message: { outcome?: Outcome }) => message.outcome !== undefined && resolve(message.outcome));
    worker.once('error', (error) => failed(`an unhandled error: ${inspect(error)}`));
    worker.once('exit', () => {
      clearInterval(timer);
      failed('the run ended without an outcome');
    });
  });
  await worker.terminate();
  return { ...outcome, violations: [...outcome.violations, ...stack.serverErrors()] };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The running stacks, to be closed when the process is interrupted. */
const stacks = new Set<Stack>();

/** Plays runs from the queue until it is empty. After a failed run the stack is replaced. */
async function runQueue(queue: Run[], finished: Finished[]): Promise<void> {
  let stack: Stack | undefined;
  try {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      if (stack === undefined) stacks.add((stack = await Stack.open()));
      const began = Date.now();
      const outcome = await runOnce(run, stack);
      const seconds = (Date.now() - began) / 1_000;
      finished.push({ ...run, outcome, seconds });
      const { messages, unknown, healedMs } = outcome.figures;
      const verdict = outcome.violations.length === 0 ? 'ok  ' : 'FAIL';
      print(
        `${verdict} ${run.scenario} seed ${run.seed}: ${messages} messages, ${unknown} unknown, healed in ${healedMs} ms (${seconds.toFixed(1)} s)`,
      );
      if (outcome.violations.length === 0) continue;
      for (const violation of outcome.violations.slice(0, 20)) print(`     ${violation}`);
      print(`     again: npm run chaos -- --scenario ${run.scenario} --seed ${run.seed}`);
      if (values.verbose) print(stack.logs());
      await stack.close();
      stacks.delete(stack);
      stack = undefined;
    }
  } finally {
    await stack?.close();
  }
}

const external = ['fake-indexeddb', 'socket.io-client', 'zod', 'playwright-core'];
await build({
  entryPoints: [join(import.meta.dirname, 'run-worker.ts')],
  outfile: WORKER,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  external,
});
const isAlone = ({ scenario }: Run) => SCENARIOS.some(({ name, alone }) => name === scenario && alone === true);
const lacking = SCENARIOS.filter(({ lacks }) => lacks !== undefined);
const runs = runsOf().filter(({ scenario }) => !lacking.some(({ name }) => name === scenario));
for (const { name, lacks } of lacking) print(`skipped: ${name}, which needs ${lacks}`);
const queue = runs.filter((run) => !isAlone(run));
const last = runs.filter(isAlone);
const finished: Finished[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    queue.length = 0;
    last.length = 0;
    void Promise.all([...stacks].map(async (stack) => await stack.close())).finally(() => process.exit(130));
  });
await Promise.all(Array.from({ length: Math.min(Number(values.parallel), queue.length) }, async () => await runQueue(queue, finished)));
await runQueue(last, finished);
print(summarize(finished));
const failed = finished.filter(({ outcome }) => outcome.violations.length > 0).length;
if (values.report !== undefined)
  await writeFile(values.report, JSON.stringify({ passed: finished.length - failed, failed, finished }, null, 2));
// Everything is closed. Handles that a killed server left in this process must not keep it alive.
process.exit(failed > 0 ? 1 : 0);
