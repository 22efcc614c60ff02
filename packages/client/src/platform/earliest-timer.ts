import type { Effects } from './effects.ts';

/** A timer for work that several callers schedule: runs it once, at the earliest of the scheduled times. */
export class EarliestTimer {
  readonly #effects: Pick<Effects, 'after' | 'now'>;
  readonly #work: () => void;
  #cancel: (() => void) | undefined;
  /** When it fires, milliseconds since 1970. */
  #dueAt = 0;

  constructor(effects: Pick<Effects, 'after' | 'now'>, work: () => void) {
    this.#effects = effects;
    this.#work = work;
  }

  /** Runs the work in `ms` milliseconds, unless it is due earlier. */
  within(ms: number): void {
    const dueAt = this.#effects.now() + ms;
    if (this.#cancel !== undefined && this.#dueAt <= dueAt) return;
    this.#cancel?.();
    this.#dueAt = dueAt;
    this.#cancel = this.#effects.after(ms, () => {
      this.#cancel = undefined;
      this.#work();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
