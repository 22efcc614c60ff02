import { expect, it } from 'vitest';

import { perSecond } from './per-second.ts';

it('each loop runs its work one at a time', async () => {
  const underWay = new Set<number>();
  let most = 0;
  let done = 0;
  const rate = await perSecond(3, 20, async (loop) => {
    expect(underWay.has(loop)).toBe(false);
    underWay.add(loop);
    most = Math.max(most, underWay.size);
    await new Promise((resolve) => setImmediate(resolve));
    underWay.delete(loop);
    done += 1;
  });
  expect(most).toBe(3);
  // It took at least 20 ms.
  expect(rate).toBeGreaterThan(0);
  expect(rate).toBeLessThanOrEqual(done / 0.02);
});

it('rejects with the first failure', async () => {
  const failing = perSecond(3, 10_000, async (loop) => {
    await Promise.resolve();
    if (loop === 1) throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
});
