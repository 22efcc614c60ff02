import { setTimeout as delay } from 'node:timers/promises';

/**
 * Begins `work` so many times a second, whether or not the earlier runs have ended, for `durationMs` milliseconds. Resolves to how long each took, in
 * milliseconds from the time when it was due, so that time in a queue counts. The first failure ends it.
 */
export async function atRate(perSecond: number, durationMs: number, work: () => Promise<void>): Promise<number[]> {
  const start = performance.now();
  const took: number[] = [];
  const running: Promise<void>[] = [];
  const total = Math.round((perSecond * durationMs) / 1_000);
  for (let begun = 0; begun < total;) {
    const elapsed = performance.now() - start;
    for (; begun < total && (begun * 1_000) / perSecond <= elapsed; begun += 1) {
      const due = start + (begun * 1_000) / perSecond;
      running.push(work().then(() => void took.push(performance.now() - due)));
    }
    await delay(1);
  }
  await Promise.all(running);
  return took;
}
