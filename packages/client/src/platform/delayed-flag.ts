import type { Effects } from './effects.ts';

/** A flag that is set only after its condition has held for some time. */
export class DelayedFlag {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #onChange: () => void;
  #isSet = false;
  #cancel: (() => void) | undefined;

  /** @param onChange called when the flag is set; not when it is cleared, because the caller of `clear` knows that */
  constructor(effects: Pick<Effects, 'after'>, onChange: () => void) {
    this.#effects = effects;
    this.#onChange = onChange;
  }

  isSet(): boolean {
    return this.#isSet;
  }

  /** The condition holds: sets the flag `ms` milliseconds after the first call since `clear`. */
  setAfter(ms: number): void {
    this.#cancel ??= this.#effects.after(ms, () => {
      this.#isSet = true;
      this.#onChange();
    });
  }

  /** The condition no longer holds. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isSet = false;
  }
}
