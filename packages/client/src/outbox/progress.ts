import { conversationMessageId } from '../model/message-id.ts';
import type { ConversationMessageRef } from '../model/message-id.ts';

/** The progress of current uploads, 0 to 1. */
export class UploadProgress {
  readonly #done = new Map<string, number>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The progress of a message's upload; null while there is none. */
  of(message: ConversationMessageRef): number | null {
    return this.#done.get(conversationMessageId(message)) ?? null;
  }

  /** `id`: a `conversationMessageId`; `done`: null when the upload has ended. */
  set(id: string, done: number | null): void {
    if (done === null) this.#done.delete(id);
    else this.#done.set(id, done);
    this.#onChange();
  }
}
