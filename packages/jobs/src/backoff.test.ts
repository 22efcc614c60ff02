import { expect, it } from 'vitest';

import { backoffMs } from './backoff.ts';

it('doubles the wait after each failure, up to an hour, with a jitter of half', () => {
  const middle = [1, 2, 3, 10, 11, 15, 1_000].map((attempt) => backoffMs(attempt, () => 0.5));
  expect(middle).toEqual([5_000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000, 3_600_000]);
  expect([backoffMs(1, () => 0), backoffMs(1, () => 1)]).toEqual([2_500, 7_500]);
});
