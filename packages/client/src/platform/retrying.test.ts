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

it('rejects with the last error after the last attempt', async () => {
  const work = failing(new ChatError('unavailable', 'The server could not be reached.'));
  await expect(retrying(effects, work, { attempts: 4 })).rejects.toMatchObject({ code: 'unavailable' });
  expect(work).toHaveBeenCalledTimes(4);
});

it('rejects at once when a retry would change nothing', async () => {
  const work = failing(new ChatError('forbidden', 'Not allowed.'));
  await expect(retrying(effects, work)).rejects.toMatchObject({ code: 'forbidden' });
  expect(work).toHaveBeenCalledTimes(1);
});

it('retries after any error if the caller says so', async () => {
  const work = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('anything')).mockResolvedValueOnce('done');
  const onFailure = vi.fn<(error: unknown) => void>();
  await expect(retrying(effects, work, { mayRetry: () => true, onFailure })).resolves.toBe('done');
  expect(onFailure).toHaveBeenCalledTimes(1);
});
