import { createEmitter } from './emitter.ts';
import type { ArrivedMessage } from './types.ts';

/** Keys that are remembered, so that nothing rings twice. */
const MEMORY = 2_000;

/** Tells of messages that arrive, each key once. */
export class Arrivals {
  readonly #told = new Set<string>();
  readonly #emitter = createEmitter<ArrivedMessage>();

  on(listener: (arrived: ArrivedMessage) => void): () => void {
    return this.#emitter.on(listener);
  }

  tell(arrived: ArrivedMessage): void {
    const { key } = arrived.message;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    for (const oldest of this.#told) {
      if (this.#told.size <= MEMORY) break;
      this.#told.delete(oldest);
    }
    this.#emitter.emit(arrived);
  }
}
