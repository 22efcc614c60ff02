import { ChatError } from '@switchboard/protocol/errors';

import { backoffMs } from './backoff.ts';
import type { Effects } from './effects.ts';

/** Whether the server has refused it because the visitor is blocked. */
export function isBlocked(error: unknown): boolean {
  return error instanceof ChatError && error.code === 'blocked';
}

/** Whether the server knows no such conversation, or none of this person's. */
export function isMissing(error: unknown): boolean {
  return error instanceof ChatError && error.code === 'not_found';
}

/** Resolves after `ms`. */
export function wait(effects: Pick<Effects, 'after'>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    effects.after(ms, resolve);
  });
}

/**
 * Does `work` up to `attempts` times, with backoff between, as long as its errors say that trying again may help.
 *
 * @throws the last error
 */
export async function retrying<T>(effects: Effects, attempts: number, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !(error instanceof ChatError) || !error.retryable) throw error;
      await wait(effects, backoffMs(attempt, effects.random(), error.detail.retryAfterSeconds));
    }
  }
}
