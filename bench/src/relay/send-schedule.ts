/** Messages that are delayed by more than this are skipped, because sending them later would cause a burst. Milliseconds. */
const MAX_LATE_MS = 50;

/** Spreads messages evenly over time. */
export class SendSchedule {
  readonly #everyMs: number;
  /** When the next message is due. */
  #next: number;

  /** @param now milliseconds: when the first message is due */
  constructor(perSecond: number, now: number) {
    this.#everyMs = 1_000 / perSecond;
    this.#next = now;
  }

  /** How many messages have become due since the last call. */
  take(now: number): number {
    this.#next = Math.max(this.#next, now - MAX_LATE_MS);
    if (now < this.#next) return 0;
    const due = Math.floor((now - this.#next) / this.#everyMs) + 1;
    this.#next += due * this.#everyMs;
    return due;
  }
}
