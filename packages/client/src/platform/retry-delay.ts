import { ChatError } from '@switchboard/protocol/errors';

import { BACKOFF_MAX_MS, backoffMs } from './backoff.ts';
import type { Effects } from './effects.ts';

export interface RetryDelayOptions {
  /** Milliseconds added to every delay. */
  readonly pauseMs?: number;
  /** Whether only a person can resolve the cause of an error: every delay is long then. */
  readonly isLasting?: (error: unknown) => boolean;
}

/** The delay before each retry: exponential backoff with jitter, never shorter than the server requests (`Retry-After`). */
export class RetryDelay {
  readonly #effects: Pick<Effects, 'after' | 'now' | 'random'>;
  readonly #options: RetryDelayOptions;
  #failures = 0;
  #cancel: (() => void) | undefined;
  /** The server requested no retry before this time; milliseconds since 1970. */
  #notBefore = 0;

  constructor(effects: Pick<Effects, 'after' | 'now' | 'random'>, options: RetryDelayOptions = {}) {
    this.#effects = effects;
    this.#options = options;
  }

  isWaiting(): boolean {
    return this.#cancel !== undefined;
  }

  /**
   * Calls `retry` after the delay that follows this failure. Returns the delay in milliseconds.
   *
   * @param skip retries at once, unless the server requests a delay
   */
  start(error: unknown, retry: () => void, skip = false): number {
    const requested = error instanceof ChatError ? error.detail.retryAfterSeconds : undefined;
    const delay = skip && requested === undefined ? 0 : this.#next(error, requested);
    this.#failures += 1;
    this.#notBefore = requested === undefined ? 0 : this.#effects.now() + requested * 1_000;
    this.#cancel?.();
    this.#cancel = this.#effects.after(delay, () => {
      this.#cancel = undefined;
      retry();
    });
    return delay;
  }

  /** Ends the delay early, so that the caller can retry now. Returns false, and the delay continues, if the server requested it. */
  end(): boolean {
    if (this.#effects.now() < this.#notBefore) return false;
    this.cancel();
    return true;
  }

  /** An attempt has succeeded: the next delay is short again. */
  reset(): void {
    this.#failures = 0;
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #next(error: unknown, requested: number | undefined): number {
    const { pauseMs = 0, isLasting } = this.#options;
    const random = this.#effects.random();
    if (isLasting?.(error) === true) return pauseMs + BACKOFF_MAX_MS * (0.5 + random / 2);
    return pauseMs + backoffMs(this.#failures, random, requested);
  }
}
