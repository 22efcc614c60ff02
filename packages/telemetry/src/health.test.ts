import { expect, it, vi } from 'vitest';

import { readiness } from './index.ts';

it('readiness is ok when every check resolves', async () => {
  expect(await readiness({ database: async () => {}, relay: async () => {} })).toEqual({
    ok: true,
    checks: { database: 'ok', relay: 'ok' },
  });
});

it('readiness says which check failed, and why', async () => {
  expect(await readiness({ database: () => Promise.reject(new Error('connection refused')), relay: async () => {} })).toEqual({
    ok: false,
    checks: { database: 'connection refused', relay: 'ok' },
  });
});

it('readiness does not wait for a check that hangs', async () => {
  vi.useFakeTimers();
  try {
    const result = readiness({ database: () => new Promise(() => {}) });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await result).toEqual({ ok: false, checks: { database: 'no answer within 3 s' } });
  } finally {
    vi.useRealTimers();
  }
});
