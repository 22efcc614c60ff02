import type { Effects } from './effects.ts';

/** Whether a state has lasted for so long that it is worth a word. */
export class Lasting {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #onChange: () => void;
  #lasts = false;
  #cancel: (() => void) | undefined;

  /** @param onChange told when the state has lasted long enough; not when it is over, which whoever says so knows */
  constructor(effects: Pick<Effects, 'after'>, onChange: () => void) {
    this.#effects = effects;
    this.#onChange = onChange;
  }

  lasts(): boolean {
    return this.#lasts;
  }

  /** The state holds now, and is worth a word `ms` milliseconds after the first of these calls in a row. */
  holds(ms: number): void {
    this.#cancel ??= this.#effects.after(ms, () => {
      this.#lasts = true;
      this.#onChange();
    });
  }

  over(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#lasts = false;
  }
}
