import { expect, it } from 'vitest';

import { createServerClock } from './server-clock.ts';

it('learns the offset of a wrong clock, and prefers the finer timestamp', () => {
  let now = 1_000_000_000;
  const truth = () => now + 600_000;
  const clock = createServerClock(
    () => now,
    () => now,
  );
  expect(clock.now()).toBe(now);
  // A Date header: whole seconds, 200 ms on the way.
  clock.observe(Math.floor(truth() / 1_000) * 1_000, now - 100, now + 100, 1_000);
  expect(Math.abs(clock.now() - truth())).toBeLessThanOrEqual(600);
  // A relay's timestamp: exact.
  now += 5_000;
  clock.observe(truth(), now - 5, now + 5, 0);
  expect(Math.abs(clock.now() - truth())).toBeLessThanOrEqual(5);
  // Neither a coarser timestamp soon after nor an invalid one replaces it.
  clock.observe(truth() + 900, now - 100, now + 100, 1_000);
  clock.observe(Number.NaN, now, now, 0);
  expect(Math.abs(clock.now() - truth())).toBeLessThanOrEqual(5);
});

it.each([-3_600_000, -120_000, 120_000, 3_600_000])('notices with the next timestamp that this machine’s clock was set by %i ms', (by) => {
  let passed = 0;
  let setBy = 0;
  const start = 1_000_000_000;
  const truth = () => start + passed;
  const clock = createServerClock(
    () => start + passed + setBy,
    () => passed,
  );
  const local = () => start + passed + setBy;
  clock.observe(truth(), local() - 5, local() + 5, 0);
  passed += 60_000;
  setBy = by;
  // The next timestamp is a coarse one: a Date header.
  clock.observe(Math.floor(truth() / 1_000) * 1_000, local() - 100, local() + 100, 1_000);
  expect(Math.abs(clock.now() - truth())).toBeLessThanOrEqual(600);
});
