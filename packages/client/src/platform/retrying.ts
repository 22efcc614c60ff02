import { ChatError } from '@switchboard/protocol/errors';

import type { Effects } from './effects.ts';
import { RetryDelay, type RetryDelayOptions } from './retry-delay.ts';

export interface RetryingOptions extends RetryDelayOptions {
  /** Number of attempts; unlimited if left out. */
  readonly attempts?: number;
  /** Whether to retry after an error; by default after a `ChatError` that is retryable. */
  readonly mayRetry?: (error: unknown) => boolean;
  /** Called after each failure that is followed by another attempt. */
  readonly onFailure?: (error: unknown) => void;
}

const saysRetryable = (error: unknown) => error instanceof ChatError && error.retryable;

/** Resolves after `ms` milliseconds. */
export function wait(effects: Pick<Effects, 'after'>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    effects.after(ms, resolve);
  });
}

/**
 * Repeats `work` until it succeeds, with backoff between the attempts.
 *
 * @throws the last error, if it may not be retried or no attempts are left
 */
export async function retrying<T>(
  effects: Pick<Effects, 'after' | 'now' | 'random'>,
  work: () => Promise<T>,
  options: RetryingOptions = {},
): Promise<T> {
  const { attempts = Number.POSITIVE_INFINITY, mayRetry = saysRetryable, onFailure } = options;
  const delay = new RetryDelay(effects, options);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !mayRetry(error)) throw error;
      onFailure?.(error);
      await new Promise<void>((resolve) => {
        delay.start(error, resolve);
      });
    }
  }
}
