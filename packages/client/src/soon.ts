import type { Effects } from './effects.ts';

/** Milliseconds over which everybody spreads what everybody was told to do. */
const SPREAD_MS = 2_000;

/** Does `work` at a random moment within the next two seconds: for what all clients are asked for at once. */
export function soon(effects: Pick<Effects, 'after' | 'random'>, work: () => void): void {
  effects.after(effects.random() * SPREAD_MS, work);
}
