import { ChatError } from '@switchboard/protocol/errors';
import { expect, it } from 'vitest';

import { BACKOFF_MAX_MS } from './backoff.ts';
import { RetryingTask, type RetryingTaskOptions } from './retrying-task.ts';

/** A task whose runs and delays are ended by the test. `wake`: the page wakes up. */
function underTest(options: Partial<RetryingTaskOptions> = {}) {
  const delays: { ms: number; over: () => void; cancelled: boolean }[] = [];
  const runs: { succeed: () => void; fail: (error: Error) => void }[] = [];
  const wakeListeners = new Set<() => void>();
  const effects = {
    now: () => 0,
    random: () => 0.9,
    after: (ms: number, over: () => void) => {
      const delay = { ms, over, cancelled: false };
      delays.push(delay);
      return () => {
        delay.cancelled = true;
      };
    },
  };
  const task = new RetryingTask(effects, {
    work: async () => await new Promise<void>((resolve, reject) => runs.push({ succeed: resolve, fail: reject })),
    onFailure: () => undefined,
    page: {
      onWake: (listener) => {
        wakeListeners.add(listener);
        return () => wakeListeners.delete(listener);
      },
    },
    ...options,
  });
  const settled = async () => await new Promise((resolve) => setImmediate(resolve));
  /** Lets the current run fail and the following delay end, `times` times. */
  const failTimes = async (times: number, error: Error = new Error('no network')) => {
    for (let attempt = 0; attempt < times; attempt += 1) {
      runs.at(-1)?.fail(error);
      await settled();
      delays.at(-1)?.over();
    }
  };
  const wake = () => {
    for (const listener of wakeListeners) listener();
  };
  return { task, delays, runs, settled, failTimes, wake };
}

const askingFor = (retryAfterSeconds: number) => new ChatError('unavailable', 'Too busy.', { retryAfterSeconds });

it('waits before a retry, longer each time', async () => {
  const { task, delays, failTimes } = underTest();
  task.trigger();
  await failTimes(4);
  expect(delays.map(({ ms }) => ms)).toEqual([450, 900, 1_800, 3_600]);
});

it('starts with a short delay again after a part of the work has succeeded', async () => {
  const { task, delays, failTimes } = underTest();
  task.trigger();
  await failTimes(3);
  task.noteProgress();
  await failTimes(1);
  expect(delays.at(-1)?.ms).toBe(450);
});

it('waits long from the first failure on if only a person can resolve the cause', async () => {
  const { task, delays, failTimes } = underTest({ isLasting: (error) => error instanceof ChatError && error.code === 'unauthenticated' });
  task.trigger();
  await failTimes(1, new ChatError('unauthenticated', 'Sign in.'));
  expect(delays.at(-1)?.ms).toBeGreaterThanOrEqual(BACKOFF_MAX_MS / 2);
});

it('adds the pause of the task to every delay', async () => {
  const { task, delays, failTimes } = underTest({ pauseMs: 500 });
  task.trigger();
  await failTimes(2);
  expect(delays.map(({ ms }) => ms)).toEqual([950, 1_400]);
});

it.each(['an eager trigger', 'the page'])(
  'does not wait when %s said that the network is back while the failed attempt was under way',
  async (by) => {
    const { task, delays, runs, settled, failTimes, wake } = underTest();
    task.trigger();
    await failTimes(6);
    if (by === 'the page') wake();
    else task.trigger(true);
    runs.at(-1)?.fail(new Error('no network'));
    await settled();
    expect(delays.at(-1)?.ms).toBe(0);
    // Only once: there was no eager trigger during the next run.
    delays.at(-1)?.over();
    runs.at(-1)?.fail(new Error('no network'));
    await settled();
    expect(delays.at(-1)?.ms).toBeGreaterThan(1_000);
  },
);

it('ends the delay for an eager trigger, but not for other triggers', async () => {
  const { task, runs, settled } = underTest();
  task.trigger();
  runs.at(-1)?.fail(new Error('no network'));
  await settled();
  task.trigger();
  expect(runs).toHaveLength(1);
  task.trigger(true);
  expect(runs).toHaveLength(2);
});

it('retries when the page wakes up, and starts no run that was not triggered', async () => {
  const { task, runs, settled, wake } = underTest();
  wake();
  expect(runs).toHaveLength(0);
  task.trigger();
  runs.at(-1)?.fail(new Error('no network'));
  await settled();
  wake();
  expect(runs).toHaveLength(2);
  runs.at(-1)?.succeed();
  await settled();
  wake();
  task.close();
  wake();
  expect(runs).toHaveLength(2);
});

it('waits as long as the server requests, despite eager triggers', async () => {
  const { task, delays, runs, settled, wake } = underTest();
  task.trigger();
  task.trigger(true);
  runs.at(-1)?.fail(askingFor(3));
  await settled();
  expect(delays.at(-1)?.ms).toBeGreaterThanOrEqual(3_000);
  task.trigger(true);
  wake();
  expect(runs).toHaveLength(1);
});

it('runs once more when it was triggered during a run', async () => {
  const { task, runs, settled } = underTest();
  task.trigger();
  task.trigger();
  task.trigger();
  runs.at(-1)?.succeed();
  await settled();
  expect(runs).toHaveLength(2);
  runs.at(-1)?.succeed();
  await settled();
  expect(runs).toHaveLength(2);
});

it('resolves nextSuccess when a run that started after the call has succeeded', async () => {
  const { task, delays, runs, settled } = underTest();
  let isDone = false;
  task.trigger();
  const wait = async () => {
    await task.nextSuccess();
    isDone = true;
  };
  void wait();
  runs.at(-1)?.succeed();
  await settled();
  expect(isDone).toBe(false);
  runs.at(-1)?.fail(new Error('no network'));
  await settled();
  delays.at(-1)?.over();
  expect(isDone).toBe(false);
  runs.at(-1)?.succeed();
  await settled();
  expect(isDone).toBe(true);
});

it('runs once, at the earliest of the planned times', () => {
  const { task, delays, runs } = underTest();
  task.triggerWithin(300);
  task.triggerWithin(500);
  task.triggerWithin(30);
  expect(delays.map(({ ms, cancelled }) => [ms, cancelled])).toEqual([
    [300, true],
    [30, false],
  ]);
  delays.at(-1)?.over();
  expect(runs).toHaveLength(1);
});

it('does nothing after it was closed', async () => {
  const { task, delays, runs, settled } = underTest();
  task.trigger();
  task.triggerWithin(30);
  task.close();
  expect(delays.map(({ cancelled }) => cancelled)).toEqual([true]);
  runs.at(-1)?.fail(new Error('no network'));
  await settled();
  task.trigger(true);
  task.triggerWithin(30);
  expect([delays.length, runs.length]).toEqual([1, 1]);
});
