import type { Check } from './check.ts';
import { planDatabase } from './database/plan.ts';
import type { Facts } from './facts.ts';
import { planMachine } from './machine/plan.ts';
import { fail, ok } from './outcome.ts';
import { planRedis } from './redis/plan.ts';
import { planRelay } from './relay/plan.ts';
import { planSettings } from './settings/plan.ts';
import { planWeb } from './web/plan.ts';
import type { World } from './world.ts';

/** All checks, in the order of the report. */
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
    run: async () =>
      await Promise.resolve(fail(problem.replace(/\.$/, ''), 'Correct it in the environment or in .env; see docs/configuration.md.')),
  };
  const rest = ['Machine', 'Database', 'Redis', 'Web app', 'Relay'].map((group): Check => ({
    group,
    what: 'everything',
    after: [valid],
    run: async () => await Promise.resolve(ok()),
  }));
  return [valid, ...rest];
}
