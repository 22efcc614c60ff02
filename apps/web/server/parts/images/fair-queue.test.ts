import { expect, it } from 'vitest';

import { FairQueue, type FairQueueOptions } from './fair-queue.ts';

const OPTIONS = { atOnce: 2, maxWaiting: 6, maxWaitingOfCaller: 4, maxWaitMs: 60_000 };
const settle = async () => await new Promise((resolve) => setImmediate(resolve));

/** A queue with work that the test ends. */
function startQueue(options: Partial<FairQueueOptions> = {}) {
  const queue = new FairQueue({ ...OPTIONS, ...options });
  const begun: string[] = [];
  const endings = new Map<string, () => void>();
  const outcomes = new Map<string, unknown>();
  return {
    begun,
    outcomes,
    ask: (name: string, caller: string, group = caller, signal?: AbortSignal): void => {
      const work = async () => {
        begun.push(name);
        await new Promise<void>((resolve) => endings.set(name, resolve));
        return 'done';
      };
      queue.run({ caller, group, signal }, work).then(
        (outcome) => outcomes.set(name, outcome),
        (error: unknown) => outcomes.set(name, error),
      );
    },
    end: async (name: string): Promise<void> => {
      endings.get(name)?.();
      await settle();
    },
  };
}
const UNAVAILABLE = { code: 'unavailable', retryable: true, detail: { reason: 'overloaded', retryAfterSeconds: expect.any(Number) } };

it('a caller has at most one task running, and a slot stays free for others', async () => {
  const { ask, end, begun } = startQueue();
  for (const name of ['a1', 'a2', 'a3']) ask(name, 'a');
  await settle();
  expect(begun).toEqual(['a1']);
  ask('b1', 'b');
  await settle();
  expect(begun).toEqual(['a1', 'b1']);
  await end('a1');
  expect(begun).toEqual(['a1', 'b1', 'a2']);
});

it('callers alternate, however many tasks one has queued', async () => {
  const { ask, end, begun } = startQueue({ atOnce: 1 });
  for (const name of ['a1', 'a2', 'a3']) ask(name, 'a');
  ask('b1', 'b');
  ask('c1', 'c');
  ask('b2', 'b');
  await settle();
  for (const name of ['a1', 'b1', 'c1', 'a2', 'b2']) await end(name);
  expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

it('callers of one group share the group’s turns', async () => {
  const { ask, end, begun } = startQueue({ atOnce: 1 });
  for (const caller of ['a', 'b', 'c', 'd']) ask(caller, caller, 'one address');
  ask('z', 'z', 'another address');
  await settle();
  await end('a');
  expect(begun).toEqual(['a', 'z']);
});

it('a caller with too many queued tasks is refused, and others are not', async () => {
  const { ask, outcomes, begun } = startQueue();
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) ask(name, 'a');
  ask('b1', 'b');
  await settle();
  expect([...outcomes]).toEqual([['a6', expect.objectContaining(UNAVAILABLE)]]);
  expect(begun).toEqual(['a1', 'b1']);
});

it('when the queue is full, the newest task of the largest group is dropped for another group', async () => {
  const { ask, end, outcomes, begun } = startQueue({ atOnce: 1 });
  for (const caller of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) ask(caller, caller, 'one address');
  await settle();
  ask('h', 'h', 'one address');
  await settle();
  expect([...outcomes.keys()]).toEqual(['h']);
  ask('z', 'z', 'another address');
  await settle();
  expect([...outcomes.keys()]).toEqual(['h', 'g']);
  expect(outcomes.get('g')).toMatchObject(UNAVAILABLE);
  await end('a');
  expect(begun).toEqual(['a', 'z']);
});

it('an aborted task is not begun and frees its place', async () => {
  const { ask, end, outcomes, begun } = startQueue({ atOnce: 1 });
  const gone = new AbortController();
  ask('a', 'a');
  ask('b', 'b', 'b', gone.signal);
  ask('c', 'c');
  await settle();
  gone.abort();
  await settle();
  expect(outcomes.get('b')).toMatchObject({ code: 'invalid_request' });
  await end('a');
  expect(begun).toEqual(['a', 'c']);
  ask('d', 'd', 'd', gone.signal);
  await end('c');
  expect(begun).toEqual(['a', 'c']);
});

it('a task that waits too long is refused', async () => {
  const { ask, outcomes } = startQueue({ atOnce: 1, maxWaitMs: 5 });
  ask('a', 'a');
  ask('b', 'b');
  await expect.poll(() => outcomes.get('b')).toMatchObject(UNAVAILABLE);
});

it('a task that would wait too long is refused at once, unless its group has a turn earlier', async () => {
  let time = 0;
  const { ask, end, outcomes, begun } = startQueue({ atOnce: 1, maxWaitMs: 60_000, now: () => time });
  for (let nth = 0; nth < 30; nth += 1) {
    ask(`slow ${nth}`, 'a');
    await settle();
    time += 25_000;
    await end(`slow ${nth}`);
  }
  for (const caller of ['b', 'c', 'd', 'e']) ask(caller, caller, 'one address');
  await settle();
  expect(begun.at(-1)).toBe('b');
  expect(outcomes.has('d')).toBe(false);
  ask('f', 'f', 'one address');
  await settle();
  expect(outcomes.get('f')).toMatchObject(UNAVAILABLE);
  ask('z', 'z', 'another address');
  await settle();
  expect(outcomes.has('z')).toBe(false);
});

it('a failed task frees its slot', async () => {
  const queue = new FairQueue({ ...OPTIONS, atOnce: 1 });
  const waiter = { caller: 'a', group: 'a' };
  await expect(queue.run(waiter, async () => await Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await queue.run(waiter, async () => await Promise.resolve('fine'))).toBe('fine');
});
