import { EarliestTimer } from './earliest-timer.ts';
import type { Effects, Page } from './effects.ts';
import { RetryDelay, type RetryDelayOptions } from './retry-delay.ts';

export interface RetryingTaskOptions extends RetryDelayOptions {
  /** One attempt; rejects if it has to be repeated. */
  work(): Promise<void>;
  /** Called after each failure. `delayMs`: milliseconds until the retry. */
  onFailure(error: unknown, delayMs: number): void;
  /** Retries at once when this page wakes up. Leave it out if the owner triggers the task then. */
  readonly page?: Pick<Page, 'onWake'>;
}

/**
 * Work that runs when it is triggered, one run at a time, and is retried until it succeeds. A trigger during a run leads to another run after it, because
 * the current run may have started too early for it.
 */
export class RetryingTask {
  readonly #options: RetryingTaskOptions;
  readonly #delay: RetryDelay;
  readonly #timer: EarliestTimer;
  readonly #stopWake: (() => void) | undefined;
  #running = false;
  #again = false;
  #closed = false;
  /** There was an eager trigger during the run: if the run fails, the cause may already be gone. */
  #hurried = false;
  #waiters: (() => void)[] = [];

  constructor(effects: Pick<Effects, 'after' | 'now' | 'random'>, options: RetryingTaskOptions) {
    this.#options = options;
    this.#delay = new RetryDelay(effects, options);
    this.#timer = new EarliestTimer(effects, () => this.trigger());
    this.#stopWake = options.page?.onWake(() => {
      this.#hurried = true;
      if (this.#delay.isWaiting()) this.trigger(true);
    });
  }

  /**
   * Runs the work now. During the delay before a retry only an `eager` trigger runs it (a person or the network came back), and not if the server requested
   * the delay.
   */
  trigger(eager = false): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      this.#hurried ||= eager;
      return;
    }
    if (this.#delay.isWaiting() && !(eager && this.#delay.end())) return;
    void this.#run();
  }

  /** Triggers in `ms` milliseconds, or earlier if an earlier trigger is planned. */
  triggerWithin(ms: number): void {
    if (!this.#closed) this.#timer.within(ms);
  }

  /** Triggers; resolves once a run that started after this call has succeeded, however long that takes. */
  nextSuccess(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.trigger();
    });
  }

  /** A part of the work has succeeded: the next failure counts as the first one. */
  noteProgress(): void {
    this.#delay.reset();
  }

  close(): void {
    this.#closed = true;
    this.#delay.cancel();
    this.#timer.cancel();
    this.#stopWake?.();
  }

  isClosed(): boolean {
    return this.#closed;
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#hurried = false;
    let served: (() => void)[] = [];
    try {
      do {
        this.#again = false;
        served = this.#waiters;
        this.#waiters = [];
        await this.#options.work();
        for (const resolve of served) resolve();
        served = [];
      } while (this.#again && !this.#closed);
      this.#delay.reset();
    } catch (error) {
      this.#waiters.push(...served);
      if (!this.#closed) this.#retryLater(error);
    } finally {
      this.#running = false;
    }
  }

  #retryLater(error: unknown): void {
    const delayMs = this.#delay.start(error, () => void this.#run(), this.#hurried);
    this.#options.onFailure(error, delayMs);
  }
}
