/** Who is later than this does not make up for it: it would come as a burst that nobody asked for. Milliseconds. */
const MAX_LATE_MS = 50;

/** Spreads messages evenly over time. */
export class Pace {
  readonly #everyMs: number;
  /** When the next one is due. */
  #next: number;

  /** @param now milliseconds: when the first one is due */
  constructor(perSecond: number, now: number) {
    this.#everyMs = 1_000 / perSecond;
    this.#next = now;
  }

  /** How many have come due since it was asked last. */
  take(now: number): number {
    this.#next = Math.max(this.#next, now - MAX_LATE_MS);
    if (now < this.#next) return 0;
    const due = Math.floor((now - this.#next) / this.#everyMs) + 1;
    this.#next += due * this.#everyMs;
    return due;
  }
}
