import { expect, it } from 'vitest';

import { SendSchedule } from './send-schedule.ts';

it('yields the number of a second within a second, however often it is called', () => {
  for (const step of [0.1, 1, 7, 49]) {
    const schedule = new SendSchedule(2_000, 500);
    let sum = 0;
    for (let now = 500; now < 1_500; now += step) sum += schedule.take(now);
    expect(sum, `called every ${step} ms`).toBeGreaterThan(2_000 - 2 * step - 1);
    expect(sum + schedule.take(1_499.9)).toBe(2_000);
  }
});

it('yields no message before it is due', () => {
  const schedule = new SendSchedule(10, 0);
  expect([0, 1, 99, 100, 101, 250].map((now) => schedule.take(now))).toEqual([1, 0, 0, 1, 0, 1]);
});

it('skips the messages of a long pause', () => {
  const schedule = new SendSchedule(1_000, 0);
  expect(schedule.take(10_000)).toBe(51);
  expect(schedule.take(10_001)).toBe(1);
});
