import { expect, it } from 'vitest';

import { findHighestRate } from './find-highest-rate.ts';

it.each([
  ['from below', 100],
  ['from far above', 1_500],
  ['from the edge', 999],
])('finds the limit to a tenth %s', async (_, begin) => {
  const tried: number[] = [];
  const rate = await findHighestRate(begin, async (rate) => {
    tried.push(rate);
    return await Promise.resolve(rate < 1_000);
  });
  expect(rate).toBeLessThan(1_000);
  expect(rate).toBeGreaterThan(900);
  expect(new Set(tried).size).toBe(tried.length);
});

it('returns 0 when no rate holds', async () => {
  expect(await findHighestRate(100, async () => await Promise.resolve(false))).toBe(0);
});
