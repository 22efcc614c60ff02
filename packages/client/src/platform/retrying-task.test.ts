import { ChatError } from '@switchboard/protocol/errors';
import { expect, it } from 'vitest';

import { BACKOFF_MAX_MS } from './backoff.ts';
import { RetryingTask, type RetryingTaskOptions } from './retrying-task.ts';

/** A task whose runs and delays the test ends. `wake`: the page wakes up. */
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
  /** The present run fails, and the delay that follows is over, so many times. */
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

it('begins with a short delay again after a part of the work has succeeded', async () => {
  const { task, delays, failTimes } = underTest();
  task.trigger();
  await failTimes(3);
  task.noteProgress();
  await failTimes(1);
  expect(delays.at(-1)?.ms).toBe(450);
});

it('waits long from the first failure on where only a person can end the cause', async () => {
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
    // Once: nobody said so during the next one.
    delays.at(-1)?.over();
    runs.at(-1)?.fail(new Error('no network'));
    await settled();
    expect(delays.at(-1)?.ms).toBeGreaterThan(1_000);
  },
);

it('ends the delay for an eager trigger, and not for others', async () => {
  const { task, runs, settled } = underTest();
  task.trigger();
  runs.at(-1)?.fail(new Error('no network'));
  await settled();
  task.trigger();
  expect(runs).toHaveLength(1);
  task.trigger(true);
  expect(runs).toHaveLength(2);
});

it('retries when the page wakes up, and starts nothing then that was not wanted', async () => {
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

it('waits as long as the server asks for, despite eager triggers', async () => {
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

it('resolves nextSuccess with the success of a run that began after the call', async () => {
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

it('runs at the earliest of the planned times, once', () => {
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
