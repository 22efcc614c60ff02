import type { Check } from './check.ts';
import { planDatabase } from './database/plan.ts';
import type { Opened } from './database/open.ts';
import type { Facts } from './facts.ts';
import { planMachine } from './machine/plan.ts';
import type { Fetch } from './network.ts';
import { fail, ok } from './outcome.ts';
import { planRedis } from './redis/plan.ts';
import { planRelay } from './relay/plan.ts';
import { planSettings } from './settings/plan.ts';
import { planWeb } from './web/plan.ts';

/** What is asked of the world beside the facts. */
export interface World {
  readonly fetch: Fetch;
  /** Opens the database; called once at most, and whoever made it closes what it opened. */
  readonly open: () => Promise<Opened>;
  /** How much longer everything takes on this machine than on an idle one. */
  readonly busy: number;
}

/** Everything to look at, in the order in which it is told. */
export function planAll(facts: Facts, world: World): Check[] {
  return [
    ...planMachine(facts),
    ...planSettings(facts),
    ...planDatabase(facts, world),
    ...planRedis(facts, world),
    ...planWeb(facts, world),
    ...planRelay(facts, world),
  ];
}

/** The checks when a setting is invalid: only that setting. `problem` is the message that `start` would print. */
export function planWithoutSettings(problem: string): Check[] {
  const valid: Check = {
    group: 'Settings',
    what: 'every setting is valid',
    look: async () =>
      await Promise.resolve(fail(problem.replace(/\.$/, ''), 'Correct it in the environment or in .env; see docs/configuration.md.')),
  };
  const rest = ['Machine', 'Database', 'Redis', 'Web app', 'Relay'].map((group): Check => ({
    group,
    what: 'everything',
    after: [valid],
    look: async () => await Promise.resolve(ok()),
  }));
  return [valid, ...rest];
}
