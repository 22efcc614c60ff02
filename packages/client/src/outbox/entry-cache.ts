import { conversationMessageId } from '../model/message-id.ts';
import type { ConversationMessageRef } from '../model/message-id.ts';
import type { Effects } from '../platform/effects.ts';
import { ENTRY_VERSION } from './entry.ts';
import type { OutboxEntry } from './entry.ts';
import { openOutboxStore } from './store.ts';
import type { OutboxStore } from './store.ts';

/** What the outbox of this tab holds, in order: the disk's entries, and what is known of them beyond that. */
export class EntryCache {
  readonly #store: OutboxStore;
  readonly #owner: string;
  readonly #onRead: () => void;
  /** By `conversationMessageId`: saved or dropped. They do not come back, even when the disk still lists them. */
  readonly #settled = new Set<string>();
  #entries: readonly OutboxEntry[] = [];
  #reading: Promise<void> | undefined;
  #readAgain = false;
  #closed = false;

  /** @param onRead called after each reading of the disk */
  constructor(effects: Effects, owner: string, onRead: () => void) {
    this.#store = openOutboxStore(effects);
    this.#owner = owner;
    this.#onRead = onRead;
  }

  /** The same array while nothing changes. */
  all(): readonly OutboxEntry[] {
    return this.#entries;
  }

  find(message: ConversationMessageRef): OutboxEntry | undefined {
    const id = conversationMessageId(message);
    return this.#entries.find((entry) => conversationMessageId(entry) === id);
  }

  /** The entry under this key (a tab of an older build says no more of a message); undefined when there are two, or none. */
  only(key: string): OutboxEntry | undefined {
    const held = this.#entries.filter((entry) => entry.key === key);
    return held.length === 1 ? held[0] : undefined;
  }

  isSettled(message: ConversationMessageRef): boolean {
    return this.#settled.has(conversationMessageId(message));
  }

  isVolatile(): boolean {
    return this.#store.isVolatile();
  }

  /** Keeps a new entry. */
  async add(entry: Omit<OutboxEntry, 'order' | 'owner' | 'version'>): Promise<void> {
    await this.#store.add({ ...entry, version: ENTRY_VERSION, owner: this.#owner });
    await this.read();
  }

  /** Replaces an entry that is still there. */
  async update(entry: OutboxEntry): Promise<void> {
    await this.#store.update(entry);
    await this.read();
  }

  /** Takes entries off the disk. */
  async remove(entries: readonly OutboxEntry[]): Promise<void> {
    await this.#store.remove(entries);
  }

  /** Reads the disk again; calls during a reading make one more. */
  read(): Promise<void> {
    this.#readAgain = true;
    this.#reading ??= this.#readUntilFresh();
    return this.#reading;
  }

  close(): void {
    this.#closed = true;
    this.#store.close();
  }

  /** These are not done after all. */
  revive(messages: readonly ConversationMessageRef[]): void {
    for (const message of messages) this.#settled.delete(conversationMessageId(message));
  }

  /** These are done, whether held or not; `release` takes them out of what is held. */
  settle(messages: readonly ConversationMessageRef[]): void {
    for (const message of messages) this.#settled.add(conversationMessageId(message));
  }

  /** These are done: whatever is held of them goes, off the disk too. */
  async finish(messages: readonly ConversationMessageRef[]): Promise<void> {
    const held = this.among(messages);
    if (held.length === 0) return;
    this.settle(held);
    await this.#store.remove(held);
    await this.read();
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

  async #readUntilFresh(): Promise<void> {
    try {
      while (this.#readAgain && !this.#closed) {
        this.#readAgain = false;
        this.#take(await this.#store.list(this.#owner));
        this.#onRead();
      }
    } finally {
      this.#reading = undefined;
    }
  }

  #take(stored: readonly OutboxEntry[]): void {
    // By their places, which they keep when they get another key.
    const listed = new Set(stored.map((entry) => entry.order));
    // Gone without a word (the tab that sent it died, the disk failed): kept here until it is known to be saved.
    const vanished = this.#entries.filter((entry) => !listed.has(entry.order));
    this.#entries = [...vanished, ...stored].filter((entry) => !this.isSettled(entry)).toSorted((a, b) => a.order - b.order);
  }
}
