import type { Effects } from './effects.ts';

/** Milliseconds over which everybody spreads what everybody was told to do. */
const SPREAD_MS = 2_000;

/**
 * Has `work` done at a random moment within two seconds of each call: for what all clients are asked for at once. Calls before that moment are served by
 * it, too.
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
