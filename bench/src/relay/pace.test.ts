import { expect, it } from 'vitest';

import { Pace } from './pace.ts';

it("hands out a second's worth in a second, however often it is asked", () => {
  for (const step of [0.1, 1, 7, 49]) {
    const pace = new Pace(2_000, 500);
    let sum = 0;
    for (let now = 500; now < 1_500; now += step) sum += pace.take(now);
    expect(sum, `asked every ${step} ms`).toBeGreaterThan(2_000 - 2 * step - 1);
    expect(sum + pace.take(1_499.9)).toBe(2_000);
  }
});

it('hands out nothing before it is due', () => {
  const pace = new Pace(10, 0);
  expect([0, 1, 99, 100, 101, 250].map((now) => pace.take(now))).toEqual([1, 0, 0, 1, 0, 1]);
});

it('does not make up for a long silence', () => {
  const pace = new Pace(1_000, 0);
  expect(pace.take(10_000)).toBe(51);
  expect(pace.take(10_001)).toBe(1);
});
