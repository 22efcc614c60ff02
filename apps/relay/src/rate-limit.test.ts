import { expect, it } from 'vitest';

import { createRateLimit, RATE_LIMITS } from './rate-limit.ts';
import { createRefusals } from './events/refusals.ts';

it('the limit applies to the second that begins with the first event, then a new window begins', () => {
  let now = 0;
  const limit = createRateLimit(() => now);
  const sendAt = (ms: number) => {
    now = ms;
    try {
      limit.count('anna', RATE_LIMITS.message);
      return true;
    } catch {
      // A refusal is expected.
      return false;
    }
  };
  expect([0, 100, 200, 300, 400].map(sendAt)).toEqual([true, true, true, true, true]);
  expect([500, 999, 1_000].map(sendAt)).toEqual([false, false, false]);
  expect([1_001, 1_002].map(sendAt)).toEqual([true, true]);
});

it('quiet senders are forgotten, others are not', () => {
  let now = 0;
  const limit = createRateLimit(() => now);
  limit.count('anna', RATE_LIMITS.message);
  now = 900;
  limit.count('ben', RATE_LIMITS.typing);
  now = 1_200;
  limit.sweep();
  expect(limit.size).toBe(1);
});

it('refusals are forgotten after ten seconds', () => {
  let now = 0;
  const refusals = createRefusals(3, () => now);
  expect([refusals.tooMany(), refusals.tooMany()]).toEqual([false, false]);
  now = 10_001;
  expect([refusals.tooMany(), refusals.tooMany(), refusals.tooMany()]).toEqual([false, false, true]);
});
