import type { Effects } from './effects.ts';

/** Milliseconds after a run during which further calls are collected into one. */
const INTERVAL_MS = 100;

/** Throttles work: runs it at once for the first call, and once for all calls of the interval that follows. */
export class Throttle {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #work: () => void;
  #cancel: (() => void) | undefined;
  #pending = false;

  constructor(effects: Pick<Effects, 'after'>, work: () => void) {
    this.#effects = effects;
    this.#work = work;
  }

  /** Runs the work now, or at the end of the interval if it has just run. */
  run(): void {
    if (this.#cancel !== undefined) {
      this.#pending = true;
      return;
    }
    this.#cancel = this.#effects.after(INTERVAL_MS, () => {
      this.#cancel = undefined;
      if (this.#pending) this.run();
    });
    this.runNow();
  }

  /** Runs the work now, whatever the interval. */
  runNow(): void {
    this.#pending = false;
    this.#work();
  }

  close(): void {
    this.#cancel?.();
    this.#pending = false;
  }
}
