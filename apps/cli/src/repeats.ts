/** How many lines of one kind are shown before the others are counted. */
const SHOWN = 3;
/** How many kinds are counted separately; further kinds are counted together. */
const MAX_KINDS = 100;
const OTHERS = 'other warnings';

/** Passes the first few lines of a kind and counts the rest, so that a repeated line does not scroll everything else away. */
export class Repeats {
  readonly #onRepeats: (kind: string, count: number) => void;
  readonly #seen = new Map<string, number>();

  /** @param onRepeats called by `flush` with the number of suppressed lines of each kind */
  constructor(onRepeats: (kind: string, count: number) => void) {
    this.#onRepeats = onRepeats;
  }

  /** Whether to show a line of this kind. */
  admit(kind: string): boolean {
    const known = this.#seen.has(kind) || this.#seen.size < MAX_KINDS ? kind : OTHERS;
    const count = (this.#seen.get(known) ?? 0) + 1;
    this.#seen.set(known, count);
    return count <= SHOWN;
  }

  /** Reports the counts since the last flush and resets them. */
  flush(): void {
    const counted = [...this.#seen].filter(([, count]) => count > SHOWN);
    this.#seen.clear();
    for (const [kind, count] of counted) this.#onRepeats(kind, count - SHOWN);
  }
}
