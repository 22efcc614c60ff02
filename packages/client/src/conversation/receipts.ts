import { isFinal } from '../model/errors.ts';
import type { Effects } from '../platform/effects.ts';
import { RetryingTask } from '../platform/retrying-task.ts';

/** Milliseconds during which several messages share one report. */
const DEBOUNCE_MS = 150;

/** Positions among the other side's messages. */
export interface Watermarks {
  /** The highest number that this browser has received. */
  readonly deliveredSeq: number;
  /** The highest number that this person has seen. */
  readonly readSeq: number;
}

const NOTHING: Watermarks = { deliveredSeq: 0, readSeq: 0 };

/** Reports up to which number this side has received and seen the other side's messages. Reported numbers only grow; a failed report is retried. */
export class ReceiptReporter {
  readonly #effects: Effects;
  readonly #report: (marks: Watermarks) => Promise<void>;
  readonly #task: RetryingTask;
  #wanted = NOTHING;
  #known = NOTHING;
  /** Counts calls of `reset`: an answer to an earlier report does not apply to the numbers after it. */
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

  /** The server already has these watermarks: another tab or console may have reported them. */
  confirm(marks: Watermarks): void {
    this.#known = max(this.#known, marks);
  }

  /** Reports these watermarks shortly after the call. */
  want(marks: Watermarks): void {
    this.#wanted = max(this.#wanted, marks);
    if (this.isDue()) this.#task.triggerWithin(DEBOUNCE_MS);
  }

  /** A backup was restored: the numbers belong to another database from now on. */
  reset(): void {
    this.#resets += 1;
    this.#wanted = NOTHING;
    this.#known = NOTHING;
  }

  close(): void {
    this.#task.close();
  }

  /** Whether these watermarks have not been reported yet. */
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
      // The sender sees one status less; the next message leads to another report.
      this.#effects.note('receipts: refused', error);
    }
    if (resets === this.#resets) this.confirm(marks);
  }
}

function max(a: Watermarks, b: Watermarks): Watermarks {
  return { deliveredSeq: Math.max(a.deliveredSeq, b.deliveredSeq), readSeq: Math.max(a.readSeq, b.readSeq) };
}
