import { conversationMessageId } from '../model/message-id.ts';
import type { ArrivedMessage } from '../model/types.ts';
import { createEmitter } from '../platform/emitter.ts';

/** Number of messages that are remembered, so that none is reported twice. */
const MEMORY = 2_000;

/** Notifies listeners of messages that arrive, once for each message. */
export class Arrivals {
  readonly #notified = new Set<string>();
  readonly #emitter = createEmitter<ArrivedMessage>();

  on(listener: (arrived: ArrivedMessage) => void): () => void {
    return this.#emitter.on(listener);
  }

  notify(arrived: ArrivedMessage): void {
    const id = conversationMessageId({ ...arrived.message, clientId: arrived.clientId });
    if (this.#notified.has(id)) return;
    this.#notified.add(id);
    for (const oldest of this.#notified) {
      if (this.#notified.size <= MEMORY) break;
      this.#notified.delete(oldest);
    }
    this.#emitter.emit(arrived);
  }
}
