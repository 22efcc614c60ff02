import { expect, it } from 'vitest';

import { createSignInBrake } from './sign-in-brake.ts';

const NEVER = async () => await Promise.resolve(false);
const KNOWN = async () => await Promise.resolve(true);

/** A brake whose time passes only when the test says so; `waits` are the pauses it asked for. */
function brakeAt() {
  let time = 0;
  const waits: number[] = [];
  const brake = createSignInBrake({
    now: () => time,
    wait: async (ms) => {
      waits.push(ms);
      await Promise.resolve();
    },
  });
  return { brake, waits, later: (ms: number) => (time += ms) };
}
function fail(brake: ReturnType<typeof brakeAt>['brake'], account: string, times: number): void {
  for (let each = 0; each < times; each += 1) brake.failed(account);
}

it('does not slow down who mistypes a password', async () => {
  const { brake, waits } = brakeAt();
  fail(brake, 'maya', 9);
  await brake.pass('maya', NEVER);
  expect(waits).toEqual([]);
});

it('slows down more and more, to some seconds, and other accounts not at all', async () => {
  const { brake, waits, later } = brakeAt();
  fail(brake, 'maya', 10);
  for (let guess = 0; guess < 8; guess += 1) {
    await brake.pass('maya', NEVER);
    brake.failed('maya');
    later(4_000);
  }
  await brake.pass('grace', NEVER);
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000]);
});

it('lets attempts from many addresses at once pass one after another, and refuses those that would wait for long', async () => {
  const { brake, waits } = brakeAt();
  fail(brake, 'maya', 30);
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, async () => await brake.pass('maya', NEVER)));
  expect(waits).toEqual([4_000, 8_000]);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(48);
  expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited', retryable: true, detail: { retryAfterSeconds: 12 } } });
});

it('never slows down who signs in from where the account has signed in lately', async () => {
  const { brake, waits } = brakeAt();
  fail(brake, 'maya', 1_000);
  await Promise.all(Array.from({ length: 20 }, async () => await brake.pass('maya', KNOWN)));
  expect(waits).toEqual([]);
});

it('forgets with time', async () => {
  const { brake, waits, later } = brakeAt();
  fail(brake, 'maya', 12);
  later(3 * 60_000);
  await brake.pass('maya', NEVER);
  expect(waits).toEqual([]);
});

it('keeps a bounded number of accounts in mind, the newest', async () => {
  const { brake, waits } = brakeAt();
  fail(brake, 'first', 10);
  fail(brake, 'maya', 10);
  for (let each = 0; each < 9_999; each += 1) brake.failed(`made up ${each}`);
  await brake.pass('first', NEVER);
  expect(waits).toEqual([]);
  await brake.pass('maya', NEVER);
  expect(waits).toEqual([250]);
});
