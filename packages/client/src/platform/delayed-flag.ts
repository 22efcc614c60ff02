import type { Effects } from './effects.ts';

/** Whether a state has lasted for so long that it is worth a word. */
export class DelayedFlag {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #onChange: () => void;
  #isSet = false;
  #cancel: (() => void) | undefined;

  /** @param onChange told when the state has lasted long enough; not when it is over, which whoever says so knows */
  constructor(effects: Pick<Effects, 'after'>, onChange: () => void) {
    this.#effects = effects;
    this.#onChange = onChange;
  }

  isSet(): boolean {
    return this.#isSet;
  }

  /** The state holds now, and is worth a word `ms` milliseconds after the first of these calls in a row. */
  setAfter(ms: number): void {
    this.#cancel ??= this.#effects.after(ms, () => {
      this.#isSet = true;
      this.#onChange();
    });
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isSet = false;
  }
}
