import { HEAD_CHECK_MS } from '@switchboard/protocol/limits';

import type { Effects } from '../platform/effects.ts';

/** A conversation that nobody is looking at is checked this many times less often. */
const HIDDEN_FACTOR = 3;

/** Polls for new messages, because the relay may lose some while every connection looks healthy. */
export class HeadCheck {
  readonly #effects: Pick<Effects, 'after' | 'random'>;
  readonly #check: () => void;
  #cancel: (() => void) | undefined;

  constructor(effects: Pick<Effects, 'after' | 'random'>, check: () => void) {
    this.#effects = effects;
    this.#check = check;
  }

  /**
   * Restarts the timer. The check runs at least every HEAD_CHECK_MS while somebody is looking, and less often otherwise. Jitter makes it slightly early, so
   * that clients do not all ask at once.
   */
  schedule(visible: boolean): void {
    this.#cancel?.();
    const interval = HEAD_CHECK_MS * (visible ? 1 : HIDDEN_FACTOR) * (0.8 + 0.2 * this.#effects.random());
    this.#cancel = this.#effects.after(interval, () => {
      this.#check();
      this.schedule(visible);
    });
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
