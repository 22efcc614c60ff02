import { conversationMessageId } from '../message-id.ts';
import type { ConversationMessageRef } from '../message-id.ts';
import type { OutboxEntry } from './entry.ts';

/** What the outbox of this tab holds, in order, and what it is done with. */
export class HeldEntries {
  /** By `conversationMessageId`: saved or dropped. They do not come back, even when the disk still lists them. */
  readonly #settled = new Set<string>();
  #entries: readonly OutboxEntry[] = [];

  /** The same array while nothing changes. */
  all(): readonly OutboxEntry[] {
    return this.#entries;
  }

  find(message: ConversationMessageRef): OutboxEntry | undefined {
    const id = conversationMessageId(message);
    return this.#entries.find((entry) => conversationMessageId(entry) === id);
  }

  isSettled(message: ConversationMessageRef): boolean {
    return this.#settled.has(conversationMessageId(message));
  }

  /** Takes what the disk lists. */
  take(stored: readonly OutboxEntry[]): void {
    // By their places, which they keep when they get another key.
    const listed = new Set(stored.map((entry) => entry.order));
    // Gone without a word (the tab that sent it died, the disk failed): kept here until it is known to be saved.
    const vanished = this.#entries.filter((entry) => !listed.has(entry.order));
    this.#entries = [...vanished, ...stored].filter((entry) => !this.isSettled(entry)).toSorted((a, b) => a.order - b.order);
  }

  /** These are done, whether held or not; `release` takes them out of what is held. */
  settle(messages: readonly ConversationMessageRef[]): void {
    for (const message of messages) this.#settled.add(conversationMessageId(message));
  }

  /** Lets go of what is settled. */
  release(): void {
    this.#entries = this.#entries.filter((entry) => !this.isSettled(entry));
  }

  /** What is held of these messages. */
  among(messages: readonly ConversationMessageRef[]): readonly OutboxEntry[] {
    const ids = new Set(messages.map(conversationMessageId));
    return this.#entries.filter((entry) => ids.has(conversationMessageId(entry)));
  }
}
