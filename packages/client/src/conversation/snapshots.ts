import { Throttle } from '../platform/throttle.ts';
import type { Effects } from '../platform/effects.ts';
import { createEmitter } from '../platform/emitter.ts';
import { shallowEqual } from '../platform/shallow-equal.ts';

/** What is shown of something that changes: always current for who asks, and told a few times a second while much comes in. */
export class Snapshots<S extends object> {
  readonly #make: (before: S) => S;
  readonly #afterNotify: () => void;
  readonly #changed = createEmitter<void>();
  readonly #throttle: Throttle;
  #current: S;
  #stale = true;
  /** It has changed since the listeners were told. */
  #unnotified = false;
  #closed = false;

  /**
   * @param make the snapshot as it is now; it may keep parts of the one before
   * @param afterNotify called when the listeners know the present one
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

  /** The last one that was asked for or told. */
  last(): S {
    return this.#current;
  }

  subscribe(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** Something has changed that is not to be told yet. */
  expire(): void {
    this.#stale = true;
  }

  /** Something has changed: tells of it now. */
  refresh(): void {
    this.#stale = true;
    if (!this.#closed) this.#throttle.runNow();
  }

  /** Something has changed that may be one of many: tells of them together. */
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
