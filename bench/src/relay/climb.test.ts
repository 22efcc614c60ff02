import { expect, it } from 'vitest';

import { climb } from './climb.ts';

it.each([
  ['from below', 100],
  ['from far above', 1_500],
  ['from the edge', 999],
])('finds the limit to a tenth %s', async (_, begin) => {
  const tried: number[] = [];
  const rate = await climb(begin, async (rate) => {
    tried.push(rate);
    return await Promise.resolve(rate < 1_000);
  });
  expect(rate).toBeLessThan(1_000);
  expect(rate).toBeGreaterThan(900);
  expect(new Set(tried).size).toBe(tried.length);
});

it('gives up when nothing holds', async () => {
  expect(await climb(100, async () => await Promise.resolve(false))).toBe(0);
});
