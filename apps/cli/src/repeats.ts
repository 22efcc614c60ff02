/** How many lines of one kind are shown before the others are counted. */
const SHOWN = 3;
/** Kinds that are told apart; more of them are counted together. */
const MAX_KINDS = 100;
const OTHERS = 'other warnings';

/** Lets the first few lines of a kind through and counts the rest, so that nobody who causes a line a thousand times scrolls everything else away. */
export class Repeats {
  readonly #onRepeats: (kind: string, count: number) => void;
  readonly #seen = new Map<string, number>();

  /** @param onRepeats told by `flush` how many lines of a kind were not let through */
  constructor(onRepeats: (kind: string, count: number) => void) {
    this.#onRepeats = onRepeats;
  }

  /** Whether a line of this kind is to be shown. */
  admit(kind: string): boolean {
    const known = this.#seen.has(kind) || this.#seen.size < MAX_KINDS ? kind : OTHERS;
    const count = (this.#seen.get(known) ?? 0) + 1;
    this.#seen.set(known, count);
    return count <= SHOWN;
  }

  /** Tells what was counted since the last time, and begins anew. */
  flush(): void {
    const counted = [...this.#seen].filter(([, count]) => count > SHOWN);
    this.#seen.clear();
    for (const [kind, count] of counted) this.#onRepeats(kind, count - SHOWN);
  }
}
