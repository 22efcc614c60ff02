import { differences } from './history/convergence.ts';
import { isUnknown, judge } from './history/checker.ts';
import { createRandom } from './random.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { StackControl } from './stack/control.ts';
import { World } from './world.ts';

/** How often the views are compared after the last fault, in milliseconds. */
const COMPARE_MS = 100;
const HEALS_WITHIN_MS = 10_000;

/** The outcome of one run. */
export interface Outcome {
  readonly violations: readonly string[];
  readonly figures: {
    readonly messages: number;
    readonly unknown: number;
    /** Milliseconds of a quiet machine from the end of the last fault until every view agreed with the database. */
    readonly healedMs: number;
    readonly [name: string]: number;
  };
}

/** Plays one scenario with one seed against a stack and checks what happened. */
export async function play(scenario: Scenario, seed: number, stack: StackControl): Promise<Outcome> {
  const world = await World.open(createRandom(`${scenario.name} ${seed}`), stack);
  try {
    const playErrors: string[] = [];
    try {
      await scenario.play(world);
    } catch (error) {
      playErrors.push(`the scenario could not be played: ${error instanceof Error ? error.message : String(error)}`);
    }
    const { healedMs, left } = await heal(world, scenario.healsWithinMs ?? HEALS_WITHIN_MS);
    const rows = await world.rows();
    const { ledger } = world;
    const { requirements, clockDoubtMs = 0 } = scenario;
    const violations = judge({ ledger, rows, watchers: world.watchers(), requirements, clockDoubtMs });
    const unknown = ledger.attempts.filter(isUnknown).length;
    return {
      violations: [...playErrors, ...violations, ...left.map((difference) => `not healed: ${difference}`)],
      figures: { ...world.figures, messages: ledger.sends.length, unknown, healedMs },
    };
  } finally {
    world.close();
  }
}

/** Waits until every view agrees with the database, and every message in an outbox is saved. */
async function heal(world: World, withinMs: number): Promise<{ healedMs: number; left: string[] }> {
  const healedAt = world.clock.now();
  for (;;) {
    const rows = await world.rows();
    const saved = new Set(rows.map((row) => row.text));
    const missing = world.ledger.sends.filter(
      (send) =>
        send.keptAt !== null &&
        !saved.has(send.text) &&
        !world.ledger.excused.has(send.device) &&
        !world.ledger.forgotten.texts.has(send.text),
    );
    const left = [
      ...missing.map((send) => `"${send.text.slice(0, 40)}" is not saved`),
      ...differences(world.views(), rows, world.ledger.forgotten.texts),
    ];
    const healedMs = Math.round(world.clock.now() - healedAt);
    if (left.length === 0) return { healedMs, left };
    if (healedMs > withinMs) return { healedMs, left: left.slice(0, 12) };
    await world.pause(COMPARE_MS);
  }
}
