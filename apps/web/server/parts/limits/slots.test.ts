import { expect, it } from 'vitest';

import { createSlots } from './slots.ts';

it('runs a limited number of tasks, refuses more, and frees a slot however a task ends', async () => {
  const slots = createSlots(2);
  const ends: (() => void)[] = [];
  const work = async () => await new Promise<void>((resolve) => ends.push(resolve));
  const [one, two] = [slots.run(work), slots.run(async () => await work().then(async () => await Promise.reject(new Error('failed'))))];
  await expect(slots.run(work)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  expect(ends).toHaveLength(2);
  ends[0]?.();
  await one;
  expect(await slots.run(async () => await Promise.resolve('done'))).toBe('done');
  ends[1]?.();
  await expect(two).rejects.toThrow('failed');
  const both = await Promise.all([slots.run(async () => await Promise.resolve(1)), slots.run(async () => await Promise.resolve(2))]);
  expect(both).toEqual([1, 2]);
});
