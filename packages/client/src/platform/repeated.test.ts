import { ChatError } from '@switchboard/protocol/errors';
import { expect, it } from 'vitest';

import { Repeated } from './repeated.ts';

/** Work whose end the test decides, and the waits before retries. */
function underTest() {
  const waits: { ms: number; over: () => void }[] = [];
  const runs: { succeed: () => void; fail: (error: Error) => void }[] = [];
  const effects = {
    now: () => 0,
    random: () => 0.9,
    after: (ms: number, over: () => void) => {
      waits.push({ ms, over });
      return () => undefined;
    },
  };
  const repeated = new Repeated(
    effects,
    async () => await new Promise<void>((resolve, reject) => runs.push({ succeed: resolve, fail: reject })),
    () => undefined,
  );
  const settled = async () => await new Promise((resolve) => setImmediate(resolve));
  return { repeated, waits, runs, settled };
}

it('waits before a retry, longer each time', async () => {
  const { repeated, waits, runs, settled } = underTest();
  repeated.want();
  for (let attempt = 0; attempt < 4; attempt += 1) {
    runs.at(-1)?.fail(new Error('no network'));
    await settled();
    waits.at(-1)?.over();
  }
  expect(waits.map(({ ms }) => ms)).toEqual([450, 900, 1_800, 3_600]);
});

it('does not wait when the network came back while the attempt that failed was under way', async () => {
  const { repeated, waits, runs, settled } = underTest();
  repeated.want();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    runs.at(-1)?.fail(new Error('no network'));
    await settled();
    waits.at(-1)?.over();
  }
  repeated.want(true);
  runs.at(-1)?.fail(new Error('no network'));
  await settled();
  expect(waits.at(-1)?.ms).toBe(0);
  // Once: the next one had nobody in a hurry.
  waits.at(-1)?.over();
  runs.at(-1)?.fail(new Error('no network'));
  await settled();
  expect(waits.at(-1)?.ms).toBeGreaterThan(1_000);
});

it('sits out what the server asked for, however eager somebody is', async () => {
  const { repeated, waits, runs, settled } = underTest();
  repeated.want();
  repeated.want(true);
  runs.at(-1)?.fail(new ChatError('unavailable', 'Too busy.', { retryAfterSeconds: 3 }));
  await settled();
  expect(waits.at(-1)?.ms).toBeGreaterThanOrEqual(3_000);
  repeated.want(true);
  expect(runs).toHaveLength(1);
});

it('runs once more when it was wanted while it ran', async () => {
  const { repeated, runs, settled } = underTest();
  repeated.want();
  repeated.want();
  repeated.want();
  runs.at(-1)?.succeed();
  await settled();
  expect(runs).toHaveLength(2);
  runs.at(-1)?.succeed();
  await settled();
  expect(runs).toHaveLength(2);
});
