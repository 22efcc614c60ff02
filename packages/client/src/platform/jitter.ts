import type { Effects } from './effects.ts';

/** Milliseconds over which clients spread work that all of them were asked to do at once. */
const SPREAD_MS = 2_000;

/**
 * Delays `work` by a random time of up to two seconds, so that clients that are all called at once do not all run it at once. Calls during the delay share
 * one run.
 */
export function withJitter(effects: Pick<Effects, 'after' | 'random'>, work: () => void): () => void {
  let pending = false;
  return () => {
    if (pending) return;
    pending = true;
    effects.after(effects.random() * SPREAD_MS, () => {
      pending = false;
      work();
    });
  };
}
