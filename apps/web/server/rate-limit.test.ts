import { describe, expect, it } from 'vitest';

import { createRateLimit } from './rate-limit.ts';

describe('createRateLimit', () => {
  it('lets a burst through, then says how long to wait, then fills up again', () => {
    let now = 0;
    const limit = createRateLimit({ perMinute: 6, burst: 3, now: () => now });
    expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 0]);
    expect(limit.take('a')).toBe(10);
    now = 4_000;
    expect(limit.take('a')).toBe(6);
    now = 10_000;
    expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(10);
  });

  it('counts everybody apart', () => {
    const limit = createRateLimit({ perMinute: 1, burst: 1, now: () => 0 });
    expect(limit.take('a')).toBe(0);
    expect(limit.take('b')).toBe(0);
    expect(limit.take('a')).toBe(60);
  });

  it('never holds more than a burst, however long it was quiet', () => {
    let now = 0;
    const limit = createRateLimit({ perMinute: 60, burst: 2, now: () => now });
    limit.take('a');
    now = 3_600_000;
    expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 1]);
  });
});
