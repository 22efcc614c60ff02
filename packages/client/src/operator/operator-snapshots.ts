import type { OperatorSnapshot } from '../model/types.ts';
import { createEmitter } from '../platform/emitter.ts';
import { shallowEqual } from '../platform/shallow-equal.ts';

/** The snapshot that a view reads, and the listeners that hear of a new one. A snapshot keeps its identity while it says the same. */
export class OperatorSnapshots {
  readonly #build: () => OperatorSnapshot;
  /** Grows with every change of what a listener may read beside the snapshot. */
  readonly #version: () => number;
  readonly #changed = createEmitter<void>();
  #current: OperatorSnapshot;
  #currentVersion: number;

  constructor(build: () => OperatorSnapshot, version: () => number) {
    this.#build = build;
    this.#version = version;
    this.#current = build();
    this.#currentVersion = version();
  }

  current(): OperatorSnapshot {
    return this.#current;
  }

  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** Something may have changed: notifies the listeners if so. */
  refresh(): void {
    const next = this.#build();
    const version = this.#version();
    const unchanged = shallowEqual(this.#current, next);
    if (unchanged && version === this.#currentVersion) return;
    this.#currentVersion = version;
    if (!unchanged) this.#current = next;
    this.#changed.emit();
  }
}
