import type { Requirements } from '../history/checker.ts';
import type { World } from '../world.ts';

/** A scenario: faults, and what people do meanwhile. */
export interface Scenario {
  readonly name: string;
  /** A description in one line. */
  readonly title: string;
  readonly requirements: Requirements;
  /** Milliseconds of a quiet machine after the last fault within which every view must agree with the database; 10,000 by default. */
  readonly healsWithinMs?: number;
  /** Milliseconds by which the servers' clocks are shifted; 0 by default. */
  readonly clockDoubtMs?: number;
  /** Whether it needs the whole machine: it is played after all others, one at a time. */
  readonly alone?: boolean;
  /** A program that it needs and that is missing on this machine: it is then skipped, with a message. */
  readonly lacks?: string | undefined;
  /** Plays it. When it resolves, no fault is active any more. */
  play(world: World): Promise<void>;
}
