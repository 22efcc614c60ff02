import { HEAD_CHECK_MS } from '@switchboard/protocol/limits';

import type { Effects } from '../platform/effects.ts';

/** A conversation that nobody looks at is checked this many times less often. */
const HIDDEN_FACTOR = 3;

/** Asks for news now and then, since the relay may lose messages while every line looks healthy. */
export class HeadCheck {
  readonly #effects: Pick<Effects, 'after' | 'random'>;
  readonly #check: () => void;
  #cancel: (() => void) | undefined;

  constructor(effects: Pick<Effects, 'after' | 'random'>, check: () => void) {
    this.#effects = effects;
    this.#check = check;
  }

  /** Starts over: at least every HEAD_CHECK_MS while somebody looks, less often otherwise; a little early, so that not all clients ask at once. */
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
