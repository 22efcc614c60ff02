import { Throttle } from '../platform/throttle.ts';
import type { Effects } from '../platform/effects.ts';
import { createEmitter } from '../platform/emitter.ts';
import { shallowEqual } from '../platform/shallow-equal.ts';

/** The snapshot of a changing state: `get` is always current, and listeners are notified a few times a second at most while many changes come in. */
export class Snapshots<S extends object> {
  readonly #make: (before: S) => S;
  readonly #afterNotify: () => void;
  readonly #changed = createEmitter<void>();
  readonly #throttle: Throttle;
  #current: S;
  #stale = true;
  /** The snapshot has changed since the listeners were last notified. */
  #unnotified = false;
  #closed = false;

  /**
   * @param make builds the current snapshot; it may reuse parts of the previous one
   * @param afterNotify called after the listeners were notified of the current snapshot
   */
  constructor(effects: Pick<Effects, 'after'>, first: S, make: (before: S) => S, afterNotify: () => void = () => undefined) {
    this.#current = first;
    this.#make = make;
    this.#afterNotify = afterNotify;
    this.#throttle = new Throttle(effects, () => this.#notify());
  }

  get(): S {
    if (!this.#stale || this.#closed) return this.#current;
    this.#stale = false;
    const next = this.#make(this.#current);
    if (!shallowEqual(this.#current, next)) {
      this.#current = next;
      this.#unnotified = true;
    }
    return this.#current;
  }

  /** The last snapshot that was built. */
  last(): S {
    return this.#current;
  }

  subscribe(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** The state has changed; listeners are not notified yet. */
  invalidate(): void {
    this.#stale = true;
  }

  /** The state has changed: notifies listeners now. */
  refresh(): void {
    this.#stale = true;
    if (!this.#closed) this.#throttle.runNow();
  }

  /** The state has changed, perhaps as one of many changes: notifies listeners of them together. */
  refreshSoon(): void {
    this.#stale = true;
    if (!this.#closed) this.#throttle.run();
  }

  close(): void {
    this.#closed = true;
    this.#throttle.close();
  }

  #notify(): void {
    this.get();
    if (this.#unnotified) {
      this.#unnotified = false;
      this.#changed.emit();
    }
    this.#afterNotify();
  }
}
