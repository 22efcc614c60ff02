import { expect, it } from 'vitest';

import { withJitter } from './jitter.ts';

it('runs the work once for all calls during a random delay of up to two seconds', () => {
  const waits: { ms: number; run: () => void }[] = [];
  let done = 0;
  let chance = 0.25;
  const effects = { random: () => chance, after: (ms: number, run: () => void) => (waits.push({ ms, run }), () => undefined) };
  const want = withJitter(effects, () => (done += 1));
  want();
  want();
  expect(waits.map(({ ms }) => ms)).toEqual([500]);
  expect(done).toBe(0);
  waits[0]?.run();
  expect(done).toBe(1);
  chance = 0.99;
  want();
  expect(waits.map(({ ms }) => ms)).toEqual([500, 1_980]);
});
