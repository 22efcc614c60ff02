import { TestRedis } from '@switchboard/redis/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { createRateLimits, type RateLimits } from './rate-limits.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

function open(redisUrl?: string): RateLimits {
  const limits = createRateLimits({ redisUrl, connectionName: 'test' });
  cleanUps.push(() => limits.close());
  return limits;
}

describe('one process', () => {
  it('lets a burst through, returns the time to wait, and starts over after it', async () => {
    vi.useFakeTimers();
    const limit = open().limit({ name: 'x', perMinute: 6, burst: 3 });
    expect([await limit.take('a'), await limit.take('a'), await limit.take('a')]).toEqual([0, 0, 0]);
    expect(await limit.take('a')).toBe(30);
    vi.advanceTimersByTime(29_000);
    expect(await limit.take('a')).toBe(1);
    vi.advanceTimersByTime(1_001);
    expect(await limit.take('a')).toBe(0);
  });

  it('counts every key and every limit separately', async () => {
    const limits = open();
    const [one, other] = [limits.limit({ name: 'one', perMinute: 1 }), limits.limit({ name: 'other', perMinute: 1 })];
    expect([await one.take('a'), await one.take('b'), await other.take('a')]).toEqual([0, 0, 0]);
    expect(await one.take('a')).toBeGreaterThan(0);
  });

  it('gives back a point that should not have counted', async () => {
    const limit = open().limit({ name: 'x', perMinute: 1 });
    await limit.take('a');
    await limit.giveBack('a');
    expect(await limit.take('a')).toBe(0);
  });
});

describe('calls of different cost', () => {
  it('take as many points as they cost, and none when they are refused', async () => {
    const limit = open().limit({ name: 'x', perMinute: 10, weighted: true });
    expect(await limit.take('a', 7)).toBe(0);
    expect(await limit.take('a', 4)).toBeGreaterThan(0);
    expect(await limit.take('a', 4)).toBeGreaterThan(0);
    expect(await limit.take('a', 3)).toBe(0);
    expect(await limit.take('a', 1)).toBeGreaterThan(0);
    expect(await limit.take('b', 10)).toBe(0);
  });

  it('pass once when they cost more than the burst', async () => {
    const limit = open().limit({ name: 'x', perMinute: 10, weighted: true });
    expect(await limit.take('a', 1_000)).toBe(0);
    expect(await limit.take('a')).toBeGreaterThan(0);
  });

  it('give back the points they took', async () => {
    const limit = open().limit({ name: 'x', perMinute: 10, weighted: true });
    await limit.take('a', 8);
    await limit.giveBack('a', 6);
    expect(await limit.take('a', 8)).toBe(0);
    expect(await limit.take('a', 1)).toBeGreaterThan(0);
  });

  it('are counted across all processes', async () => {
    const redis = await TestRedis.start();
    cleanUps.push(async () => await redis.close());
    const [here, there] = [open(redis.url), open(redis.url)];
    await expect.poll(() => [here.state(), there.state()]).toEqual(['shared', 'shared']);
    const mine = here.limit({ name: 'x', perMinute: 10, weighted: true });
    const theirs = there.limit({ name: 'x', perMinute: 10, weighted: true });
    expect(await mine.take('a', 7)).toBe(0);
    expect(await theirs.take('a', 4)).toBeGreaterThan(0);
    expect(await theirs.take('a', 3)).toBe(0);
    expect(await mine.take('a')).toBeGreaterThan(0);
  });
});

describe('several processes with one Redis', () => {
  it('count together, separately while Redis is down or does not answer, and then together again', async () => {
    const redis = await TestRedis.start();
    cleanUps.push(async () => await redis.close());
    const [here, there] = [open(redis.url), open(redis.url)];
    const both = async (state: string) => await expect.poll(() => [here.state(), there.state()]).toEqual([state, state]);
    await both('shared');
    const [mine, theirs] = [here, there].map((limits) => limits.limit({ name: 'x', perMinute: 2 })) as [
      ReturnType<RateLimits['limit']>,
      ReturnType<RateLimits['limit']>,
    ];
    expect([await mine.take('a'), await theirs.take('a')]).toEqual([0, 0]);
    expect(await mine.take('a')).toBeGreaterThan(0);
    expect(await theirs.take('a')).toBeGreaterThan(0);

    redis.freeze();
    // Redis still counts as up here: the call is served by this process's own count.
    expect(await mine.take('b')).toBe(0);
    await both('alone');
    expect([await mine.take('b'), await theirs.take('b'), await theirs.take('b')]).toEqual([0, 0, 0]);
    expect(await mine.take('b')).toBeGreaterThan(0);
    redis.thaw();
    await both('shared');

    await redis.kill();
    await both('alone');
    expect(await mine.take('c')).toBe(0);
    await redis.run();
    await both('shared');
    expect([await mine.take('d'), await theirs.take('d')]).toEqual([0, 0]);
    expect(await mine.take('d')).toBeGreaterThan(0);
  });
});
