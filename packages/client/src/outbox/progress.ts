import { conversationMessageId } from '../model/message-id.ts';
import type { ConversationMessageRef } from '../model/message-id.ts';

/** How far pictures on their way up have come, 0 to 1. */
export class UploadProgress {
  readonly #done = new Map<string, number>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Null while the message's picture is not on its way up. */
  of(message: ConversationMessageRef): number | null {
    return this.#done.get(conversationMessageId(message)) ?? null;
  }

  /** `id`: a `conversationMessageId`; null when it is not on its way any more. */
  set(id: string, done: number | null): void {
    if (done === null) this.#done.delete(id);
    else this.#done.set(id, done);
    this.#onChange();
  }
}
