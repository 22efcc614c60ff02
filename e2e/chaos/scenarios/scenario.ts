import type { Requirements } from '../history/checker.ts';
import type { World } from '../world.ts';

/** One way in which things go wrong, and the life that goes on meanwhile. */
export interface Scenario {
  readonly name: string;
  /** What happens, in one line. */
  readonly title: string;
  readonly requirements: Requirements;
  /** Milliseconds of a quiet machine after healing within which every view must be as the database has it; 10,000 unless said otherwise. */
  readonly healsWithinMs?: number;
  /** Milliseconds by which the servers' clocks are put wrong; 0 unless said otherwise. */
  readonly clockDoubtMs?: number;
  /** It needs the machine for itself: played after all others, one at a time. */
  readonly alone?: boolean;
  /** A program that it needs and this machine lacks: then it is left out, and that is said. */
  readonly lacks?: string | undefined;
  /** Plays it. When it resolves, everything that was broken is mended. */
  play(world: World): Promise<void>;
}
