import type { Effects } from './effects.ts';

/** Milliseconds after a run in which what else is asked for waits for the end of them. */
const BURST_MS = 100;

/** Runs work for what comes in bursts: at once for the first of it, and for what follows closely once for all of it, not each time. */
export class Throttle {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #work: () => void;
  #cancel: (() => void) | undefined;
  #pending = false;

  constructor(effects: Pick<Effects, 'after'>, work: () => void) {
    this.#effects = effects;
    this.#work = work;
  }

  /** Runs the work now, or in a moment when it has just run for another call. */
  run(): void {
    if (this.#cancel !== undefined) {
      this.#pending = true;
      return;
    }
    this.#cancel = this.#effects.after(BURST_MS, () => {
      this.#cancel = undefined;
      if (this.#pending) this.run();
    });
    this.runNow();
  }

  runNow(): void {
    this.#pending = false;
    this.#work();
  }

  close(): void {
    this.#cancel?.();
    this.#pending = false;
  }
}
