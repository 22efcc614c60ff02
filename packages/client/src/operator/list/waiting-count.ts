/** How many visitors wait for an answer: the server's last count, and what has changed since. */
export class WaitingCount {
  #value = 0;
  /** Number of changes that were not counts of the server. */
  #changes = 0;
  /** How many of them the server's last count includes. */
  #counted = 0;

  value(): number {
    return this.#value;
  }

  /** Names this moment: it stays the same until the next change. */
  moment(): number {
    return this.#changes;
  }

  /** The number may have changed by this much, which only the server's next count shows. */
  change(by: number): void {
    this.#value = Math.max(0, this.#value + by);
    this.#changes += 1;
  }

  /** Takes the server's count, which includes every change so far. */
  set(count: number): void {
    this.#value = count;
    this.#counted = this.#changes;
  }

  /** Whether the server's last count includes every change. */
  isCounted(): boolean {
    return this.#counted === this.#changes;
  }
}
