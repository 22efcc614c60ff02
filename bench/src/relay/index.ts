import type { Benchmark } from '../benchmark.ts';
import { buildServers } from './contestants.ts';
import { withPinning } from './pinning.ts';
import { against as compareWith } from './scenarios/against.ts';
import { broadcast } from './scenarios/broadcast.ts';
import { growthWithOperators, growthWithVisitors } from './scenarios/growth.ts';
import { highestRate } from './scenarios/highest-rate.ts';
import { idle } from './scenarios/idle.ts';
import { oneToOne } from './scenarios/one-to-one.ts';
import { teams } from './scenarios/teams.ts';

const FULL = { rounds: 5, scale: 1, times: { warmUpMs: 500, durationMs: 2_500 } };
const SHORT = { rounds: 1, scale: 0.05, times: { warmUpMs: 100, durationMs: 1_000 } };

const SCENARIOS = [
  { run: broadcast, rounds: FULL.rounds },
  { run: highestRate, rounds: 3 },
  { run: oneToOne, rounds: 3 },
  { run: idle, rounds: 1 },
  { run: growthWithVisitors, rounds: 3 },
  { run: growthWithOperators, rounds: 3 },
  { run: teams, rounds: 5 },
] as const;

/**
 * Switchboard's relay as it is shipped against the guide's relay and bare `ws`: the cost of messages and sockets, and the highest rate. The server and the load
 * generator have one processor each.
 */
export const relay: Benchmark = {
  name: 'relay',
  title: 'The relay',
  async run({ short, against }) {
    await buildServers();
    const extent = short ? SHORT : FULL;
    return await withPinning(async (pinning) => {
      const rows = against === undefined ? [] : await compareWith({ ...extent, pinning, rounds: short ? 1 : 11 }, against);
      for (const { run, rounds } of against === undefined ? SCENARIOS : []) {
        console.error(`  ${run.name} …`);
        rows.push(...(await run({ ...extent, pinning, rounds: Math.min(rounds, extent.rounds) })));
      }
      const pinned =
        pinning === undefined ? 'no: fewer than two processors, or no taskset' : `server ${pinning.server}, generator ${pinning.generator}`;
      return { conditions: { 'processors pinned': pinned, 'round ms': extent.times.durationMs }, rows };
    });
  },
};
