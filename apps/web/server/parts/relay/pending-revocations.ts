import type { Revocation } from '@switchboard/chat';
import type { RelayAnswer } from '@switchboard/relay-client';

/** How long the database keeps them: the longest life of a token and a minute. Milliseconds. */
const KEPT_MS = (24 * 60 + 1) * 60_000;
/** Most relay processes remembered. A forgotten one only gets everything once more. */
const MAX_NODES = 50;

const keyOf = ({ role, id, address }: Revocation) => `${role} ${id} ${address ?? ''}`;
const byTime = (a: Revocation, b: Revocation) => a.at.getTime() - b.at.getTime();

/** The revocations that may have an effect, and which of them the relay has not confirmed. */
export class PendingRevocations {
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

  /** The revocations that the relay has not confirmed, the oldest first. */
  waiting(): Revocation[] {
    return [...this.#waiting.values()].toSorted(byTime);
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** Since when there have been unconfirmed revocations. */
  get since(): Date | undefined {
    return this.#since;
  }

  /** The newest one, as a list; empty when there is none. */
  newest(): Revocation[] {
    return [...this.#known.values()].toSorted(byTime).slice(-1);
  }

  /** Records that the relay has taken these. */
  markTaken(batch: readonly Revocation[]): void {
    for (const revocation of batch) {
      const key = keyOf(revocation);
      const waiting = this.#waiting.get(key);
      if (waiting !== undefined && waiting.at <= revocation.at) this.#waiting.delete(key);
    }
    this.#noteSince();
  }

  /** Updates what is known about the relay from an answer. @returns whether all revocations must be sent again, and there are any */
  note(answer: RelayAnswer): boolean {
    if (answer.outcome === 'taken') {
      if (answer.node === undefined || this.#nodes.has(answer.node)) return false;
      if (this.#nodes.size >= MAX_NODES) this.#nodes.clear();
      this.#nodes.add(answer.node);
    }
    // A new relay process knows no revocations, and one that does not answer may be replaced by a new one.
    for (const [key, revocation] of this.#known) this.#waiting.set(key, revocation);
    this.#noteSince();
    return this.#waiting.size > 0;
  }

  /** Removes revocations that no longer have an effect. */
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
