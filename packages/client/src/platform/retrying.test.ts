import { ChatError } from '@switchboard/protocol/errors';
import { expect, it, vi } from 'vitest';

import { retrying } from './retrying.ts';

const effects = {
  now: () => 0,
  random: () => 0.5,
  after: (_ms: number, over: () => void) => {
    setImmediate(over);
    return () => undefined;
  },
};
const failing = (error: Error) => vi.fn<() => Promise<string>>().mockRejectedValue(error);

it('gives up with the last error after so many attempts', async () => {
  const work = failing(new ChatError('unavailable', 'The server could not be reached.'));
  await expect(retrying(effects, work, { attempts: 4 })).rejects.toMatchObject({ code: 'unavailable' });
  expect(work).toHaveBeenCalledTimes(4);
});

it('gives up at once where another attempt would change nothing', async () => {
  const work = failing(new ChatError('forbidden', 'Not allowed.'));
  await expect(retrying(effects, work)).rejects.toMatchObject({ code: 'forbidden' });
  expect(work).toHaveBeenCalledTimes(1);
});

it('goes on whatever the error is, where the caller says so', async () => {
  const work = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('anything')).mockResolvedValueOnce('done');
  const onFailure = vi.fn<(error: unknown) => void>();
  await expect(retrying(effects, work, { mayRetry: () => true, onFailure })).resolves.toBe('done');
  expect(onFailure).toHaveBeenCalledTimes(1);
});
