/**
 * How often per second `work` completes when each of `concurrency` loops runs it again and again, for `durationMs` milliseconds. The
 * first failure ends all loops.
 */
export async function perSecond(concurrency: number, durationMs: number, work: (loop: number) => Promise<void>): Promise<number> {
  const start = performance.now();
  let end = start + durationMs;
  let done = 0;
  const run = async (loop: number) => {
    while (performance.now() < end) {
      await work(loop);
      done += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, async (_, loop) => await run(loop)));
  } finally {
    end = 0;
  }
  return (done / (performance.now() - start)) * 1_000;
}
