import fc from 'fast-check';
import { expect, it } from 'vitest';

import { BACKOFF_BASE_MS, BACKOFF_MAX_MS, backoffMs } from './backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('waits between zero and a ceiling that doubles from half a second to eight seconds', () => {
  fc.assert(
    fc.property(fc.nat(10_000), random, (attempt, chance) => {
      const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** attempt);
      const wait = backoffMs(attempt, chance);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThan(ceiling + 1e-6);
      // Full jitter uses the whole range.
      expect(wait).toBeCloseTo(chance * ceiling);
    }),
  );
});

it('never retries earlier than the server requested', () => {
  fc.assert(
    fc.property(fc.nat(50), random, fc.integer({ min: 1, max: 300 }), (attempt, chance, seconds) => {
      expect(backoffMs(attempt, chance, seconds)).toBeGreaterThanOrEqual(seconds * 1_000);
      expect(backoffMs(attempt, chance, seconds)).toBeLessThanOrEqual(seconds * 2_000);
    }),
  );
});
