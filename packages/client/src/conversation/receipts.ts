import { isFinal } from '../model/errors.ts';
import type { Effects } from '../platform/effects.ts';
import { RetryingTask } from '../platform/retrying-task.ts';

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
  readonly #task: RetryingTask;
  #wanted = NOTHING;
  #known = NOTHING;
  /** Grows with every `reset`: an answer to an earlier report says nothing about the numbers after it. */
  #resets = 0;

  constructor(effects: Effects, report: (marks: Watermarks) => Promise<void>) {
    this.#effects = effects;
    this.#report = report;
    this.#task = new RetryingTask(effects, {
      work: () => this.#run(),
      onFailure: (error) => effects.note('receipts: not reported', error),
      page: effects.page,
    });
  }

  /** The server is known to have these already (another tab or console reported them). */
  confirm(marks: Watermarks): void {
    this.#known = max(this.#known, marks);
  }

  /** Reports these soon. */
  want(marks: Watermarks): void {
    this.#wanted = max(this.#wanted, marks);
    if (this.isDue()) this.#task.triggerWithin(DEBOUNCE_MS);
  }

  /** The numbers are another database's from now on. */
  reset(): void {
    this.#resets += 1;
    this.#wanted = NOTHING;
    this.#known = NOTHING;
  }

  close(): void {
    this.#task.close();
  }

  /** Whether the server has not been told of these yet. */
  isDue(marks: Watermarks = this.#wanted): boolean {
    return marks.deliveredSeq > this.#known.deliveredSeq || marks.readSeq > this.#known.readSeq;
  }

  async #run(): Promise<void> {
    if (!this.isDue()) return;
    const marks = this.#wanted;
    const resets = this.#resets;
    try {
      await this.#report(marks);
    } catch (error) {
      if (!isFinal(error)) throw error;
      // A tick less; the next message leads to another report.
      this.#effects.note('receipts: refused', error);
    }
    if (resets === this.#resets) this.confirm(marks);
  }
}

function max(a: Watermarks, b: Watermarks): Watermarks {
  return { deliveredSeq: Math.max(a.deliveredSeq, b.deliveredSeq), readSeq: Math.max(a.readSeq, b.readSeq) };
}
