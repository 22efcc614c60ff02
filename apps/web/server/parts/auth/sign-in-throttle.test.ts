import { expect, it } from 'vitest';

import { createSignInThrottle } from './sign-in-throttle.ts';

const NEVER = async () => await Promise.resolve(false);
const KNOWN = async () => await Promise.resolve(true);

/** A throttle whose time passes only when the test says so; `waits` are the pauses it asked for. */
function throttleAt() {
  let time = 0;
  const waits: number[] = [];
  const throttle = createSignInThrottle({
    now: () => time,
    wait: async (ms) => {
      waits.push(ms);
      await Promise.resolve();
    },
  });
  return { throttle, waits, later: (ms: number) => (time += ms) };
}
function fail(throttle: ReturnType<typeof throttleAt>['throttle'], account: string, times: number): void {
  for (let each = 0; each < times; each += 1) throttle.failed(account);
}

it('a few wrong passwords do not slow an account down', async () => {
  const { throttle, waits } = throttleAt();
  fail(throttle, 'maya', 9);
  await throttle.pass('maya', NEVER);
  expect(waits).toEqual([]);
});

it('many wrong passwords slow an account down more and more, and no other account', async () => {
  const { throttle, waits, later } = throttleAt();
  fail(throttle, 'maya', 10);
  for (let guess = 0; guess < 8; guess += 1) {
    await throttle.pass('maya', NEVER);
    throttle.failed('maya');
    later(4_000);
  }
  await throttle.pass('grace', NEVER);
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000]);
});

it('attempts from many addresses at once run one after another, and those that would wait too long are refused', async () => {
  const { throttle, waits } = throttleAt();
  fail(throttle, 'maya', 30);
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, async () => await throttle.pass('maya', NEVER)));
  expect(waits).toEqual([4_000, 8_000]);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(48);
  expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited', retryable: true, detail: { retryAfterSeconds: 12 } } });
});

it('attempts from an address where the account has signed in recently are never slowed down', async () => {
  const { throttle, waits } = throttleAt();
  fail(throttle, 'maya', 1_000);
  await Promise.all(Array.from({ length: 20 }, async () => await throttle.pass('maya', KNOWN)));
  expect(waits).toEqual([]);
});

it('wrong passwords are forgotten with time', async () => {
  const { throttle, waits, later } = throttleAt();
  fail(throttle, 'maya', 12);
  later(3 * 60_000);
  await throttle.pass('maya', NEVER);
  expect(waits).toEqual([]);
});

it('the number of remembered accounts is limited; the newest stay', async () => {
  const { throttle, waits } = throttleAt();
  fail(throttle, 'first', 10);
  fail(throttle, 'maya', 10);
  for (let each = 0; each < 9_999; each += 1) throttle.failed(`made up ${each}`);
  await throttle.pass('first', NEVER);
  expect(waits).toEqual([]);
  await throttle.pass('maya', NEVER);
  expect(waits).toEqual([250]);
});
