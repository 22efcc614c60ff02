import { ChatError } from '@switchboard/protocol/errors';

import { backoffMs } from './backoff.ts';
import type { Effects } from './effects.ts';

/**
 * Work that is done again whenever somebody wants it, once at a time. Wanted while it runs, it runs once more after: what the wish was about may
 * have come too late for the run under way. Failures are retried for ever, with backoff.
 */
export class Repeated {
  readonly #effects: Pick<Effects, 'after' | 'now' | 'random'>;
  readonly #work: () => Promise<void>;
  readonly #onFailure: (error: unknown) => void;
  #running = false;
  #again = false;
  #closed = false;
  #attempt = 0;
  /** Somebody was eager while it ran: should this run fail, its cause may be over already. */
  #hurried = false;
  #cancelWait: (() => void) | undefined;
  /** The server has asked to be left alone until then; milliseconds since 1970. */
  #notBefore = 0;
  #waiters: (() => void)[] = [];

  constructor(effects: Pick<Effects, 'after' | 'now' | 'random'>, work: () => Promise<void>, onFailure: (error: unknown) => void) {
    this.#effects = effects;
    this.#work = work;
    this.#onFailure = onFailure;
  }

  /** Runs soon; sits out the wait before a retry that is due, unless `eager` (a person or the network came back) and the server did not ask for it. */
  want(eager = false): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      this.#hurried ||= eager;
      return;
    }
    if (this.#cancelWait !== undefined && (!eager || this.#effects.now() < this.#notBefore)) return;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    void this.#run();
  }

  /** Wants a run; resolves once one that began after this call has succeeded, however long that takes. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.want();
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
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
        await this.#work();
        for (const resolve of served) resolve();
        served = [];
      } while (this.#again && !this.#closed);
      this.#attempt = 0;
    } catch (error) {
      this.#waiters.push(...served);
      if (!this.#closed) this.#retryLater(error);
    } finally {
      this.#running = false;
    }
  }

  #retryLater(error: unknown): void {
    this.#onFailure(error);
    const asked = error instanceof ChatError ? error.detail.retryAfterSeconds : undefined;
    const wait = this.#hurried && asked === undefined ? 0 : backoffMs(this.#attempt, this.#effects.random(), asked);
    this.#attempt += 1;
    this.#notBefore = asked === undefined ? 0 : this.#effects.now() + asked * 1_000;
    this.#cancelWait = this.#effects.after(wait, () => {
      this.#cancelWait = undefined;
      void this.#run();
    });
  }
}
