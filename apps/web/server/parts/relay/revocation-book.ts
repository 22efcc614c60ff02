import type { Revocation } from '@switchboard/chat';
import type { RelayAnswer } from '@switchboard/relay-client';

/** As long as the database keeps them: the longest life of a token and a minute. Milliseconds. */
const KEPT_MS = (24 * 60 + 1) * 60_000;
/** Processes of the relay that are remembered. Forgetting one costs no more than telling it everything once more. */
const MAX_NODES = 50;

const keyOf = ({ role, id, address }: Revocation) => `${role} ${id} ${address ?? ''}`;
const byTime = (a: Revocation, b: Revocation) => a.at.getTime() - b.at.getTime();

/** The revocations that may have an effect, and which of them the relay is not known to have taken. */
export class RevocationBook {
  readonly #clock: () => Date;
  readonly #known = new Map<string, Revocation>();
  readonly #waiting = new Map<string, Revocation>();
  readonly #nodes = new Set<string>();
  #since: Date | undefined;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  add(revocation: Revocation): void {
    const key = keyOf(revocation);
    const known = this.#known.get(key);
    if (known !== undefined && known.at >= revocation.at) return;
    this.#known.set(key, revocation);
    this.#waiting.set(key, revocation);
    this.#noteSince();
  }

  /** What the relay has not taken, the oldest first. */
  waiting(): Revocation[] {
    return [...this.#waiting.values()].toSorted(byTime);
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** Since when there has been something that waits. */
  get since(): Date | undefined {
    return this.#since;
  }

  /** The newest one, as a list; empty when there is none. */
  newest(): Revocation[] {
    return [...this.#known.values()].toSorted(byTime).slice(-1);
  }

  /** The relay has taken these. */
  told(batch: readonly Revocation[]): void {
    for (const revocation of batch) {
      const key = keyOf(revocation);
      const waiting = this.#waiting.get(key);
      if (waiting !== undefined && waiting.at <= revocation.at) this.#waiting.delete(key);
    }
    this.#noteSince();
  }

  /** Takes in what an answer says of the relay. True when everything has to be told once more, and there is something. */
  note(answer: RelayAnswer): boolean {
    if (answer.outcome === 'taken') {
      if (answer.node === undefined || this.#nodes.has(answer.node)) return false;
      if (this.#nodes.size >= MAX_NODES) this.#nodes.clear();
      this.#nodes.add(answer.node);
    }
    // A process that has just been met knows nothing; one that does not answer may have ended, and its successor knows nothing.
    for (const [key, revocation] of this.#known) this.#waiting.set(key, revocation);
    this.#noteSince();
    return this.#waiting.size > 0;
  }

  /** Leaves out what has no effect any more. */
  forget(): void {
    const oldest = this.#clock().getTime() - KEPT_MS;
    for (const [key, { at }] of this.#known) {
      if (at.getTime() >= oldest) continue;
      this.#known.delete(key);
      this.#waiting.delete(key);
    }
    this.#noteSince();
  }

  #noteSince(): void {
    this.#since = this.#waiting.size === 0 ? undefined : (this.#since ?? this.#clock());
  }
}
