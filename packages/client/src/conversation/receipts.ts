import { ChatError } from '@switchboard/protocol/errors';

import { backoffMs } from '../platform/backoff.ts';
import type { Effects } from '../platform/effects.ts';

/** Milliseconds in which several messages share one report. */
const DEBOUNCE_MS = 150;

/** Numbers of the other side's messages. */
export interface Watermarks {
  /** Received in this browser up to here. */
  readonly deliveredSeq: number;
  /** Seen by this person up to here. */
  readonly readSeq: number;
}

const NOTHING: Watermarks = { deliveredSeq: 0, readSeq: 0 };

/** Reports how far this side has received and seen the other's messages. Reports only grow, and are repeated until they arrive. */
export class ReceiptReporter {
  readonly #effects: Effects;
  readonly #report: (marks: Watermarks) => Promise<void>;
  #wanted = NOTHING;
  #known = NOTHING;
  #cancel: (() => void) | undefined;
  #running = false;
  #attempt = 0;
  #closed = false;
  /** Grows with every `reset`: what was asked before says nothing after. */
  #life = 0;

  constructor(effects: Effects, report: (marks: Watermarks) => Promise<void>) {
    this.#effects = effects;
    this.#report = report;
  }

  /** The server is known to have these already (another tab or console reported them). */
  confirm(marks: Watermarks): void {
    this.#known = max(this.#known, marks);
  }

  /** Reports these soon. */
  want(marks: Watermarks): void {
    this.#wanted = max(this.#wanted, marks);
    if (this.#cancel === undefined && !this.#running) this.#schedule(DEBOUNCE_MS);
  }

  /** The numbers are another database's from now on. */
  reset(): void {
    this.#life += 1;
    this.#wanted = NOTHING;
    this.#known = NOTHING;
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  /** Whether the server has not been told of these yet. */
  isDue(marks: Watermarks = this.#wanted): boolean {
    return marks.deliveredSeq > this.#known.deliveredSeq || marks.readSeq > this.#known.readSeq;
  }

  #schedule(ms: number): void {
    if (this.#closed || !this.isDue()) return;
    this.#cancel = this.#effects.after(ms, () => {
      this.#cancel = undefined;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (!this.isDue()) return;
    const marks = this.#wanted;
    const life = this.#life;
    this.#running = true;
    let wait = DEBOUNCE_MS;
    try {
      await this.#report(marks);
      if (life === this.#life) this.confirm(marks);
      this.#attempt = 0;
    } catch (error) {
      const fatal = error instanceof ChatError && !error.retryable && error.code !== 'unauthenticated';
      this.#effects.note('receipts: not reported', error);
      // Refused for good: a tick less, and the next message tries again.
      if (fatal && life === this.#life) this.confirm(marks);
      wait = backoffMs(this.#attempt, this.#effects.random(), error instanceof ChatError ? error.detail.retryAfterSeconds : undefined);
      this.#attempt += 1;
    } finally {
      this.#running = false;
    }
    this.#schedule(wait);
  }
}

function max(a: Watermarks, b: Watermarks): Watermarks {
  return { deliveredSeq: Math.max(a.deliveredSeq, b.deliveredSeq), readSeq: Math.max(a.readSeq, b.readSeq) };
}
