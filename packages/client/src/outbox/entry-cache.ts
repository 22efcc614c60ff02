import { conversationMessageId } from '../model/message-id.ts';
import type { ConversationMessageRef } from '../model/message-id.ts';
import type { Effects } from '../platform/effects.ts';
import { ENTRY_VERSION } from './entry.ts';
import type { OutboxEntry } from './entry.ts';
import { openOutboxStore } from './store.ts';
import type { OutboxStore } from './store.ts';

/** This tab's view of the stored outbox entries, in order, together with changes that the store does not have yet. */
export class EntryCache {
  readonly #store: OutboxStore;
  readonly #owner: string;
  readonly #onRead: () => void;
  /** `conversationMessageId` of saved or discarded entries. They stay away, even while the store still lists them. */
  readonly #settled = new Set<string>();
  #entries: readonly OutboxEntry[] = [];
  #reading: Promise<void> | undefined;
  #readAgain = false;
  #closed = false;

  /** @param onRead called after each read of the store */
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

  /** The only entry with this key (tabs of older builds send only the key of a message); undefined when there are several or none. */
  only(key: string): OutboxEntry | undefined {
    const cached = this.#entries.filter((entry) => entry.key === key);
    return cached.length === 1 ? cached[0] : undefined;
  }

  isSettled(message: ConversationMessageRef): boolean {
    return this.#settled.has(conversationMessageId(message));
  }

  isVolatile(): boolean {
    return this.#store.isVolatile();
  }

  /** Stores a new entry. */
  async add(entry: Omit<OutboxEntry, 'order' | 'owner' | 'version'>): Promise<void> {
    await this.#store.add({ ...entry, version: ENTRY_VERSION, owner: this.#owner });
    await this.read();
  }

  /** Replaces an entry that still exists. */
  async update(entry: OutboxEntry): Promise<void> {
    await this.#store.update(entry);
    await this.read();
  }

  /** Removes entries from the store. */
  async remove(entries: readonly OutboxEntry[]): Promise<void> {
    await this.#store.remove(entries);
  }

  /** Reads the store again; calls during a read lead to one more. */
  read(): Promise<void> {
    this.#readAgain = true;
    this.#reading ??= this.#readUntilFresh();
    return this.#reading;
  }

  close(): void {
    this.#closed = true;
    this.#store.close();
  }

  /** These messages have to be sent again. */
  revive(messages: readonly ConversationMessageRef[]): void {
    for (const message of messages) this.#settled.delete(conversationMessageId(message));
  }

  /** Marks messages as saved or discarded, cached or not; `release` removes them from the cache. */
  settle(messages: readonly ConversationMessageRef[]): void {
    for (const message of messages) this.#settled.add(conversationMessageId(message));
  }

  /** Marks cached messages as saved or discarded, and removes them from the store and the cache. */
  async finish(messages: readonly ConversationMessageRef[]): Promise<void> {
    const cached = this.among(messages);
    if (cached.length === 0) return;
    this.settle(cached);
    await this.#store.remove(cached);
    await this.read();
  }

  /** Removes settled entries from the cache. */
  release(): void {
    this.#entries = this.#entries.filter((entry) => !this.isSettled(entry));
  }

  /** The cached entries of these messages. */
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
    // Compared by position: an entry keeps it when it gets another key.
    const listed = new Set(stored.map((entry) => entry.order));
    // Missing in the store without a notice (the sending tab crashed, the disk failed): kept until the entry is known to be saved.
    const vanished = this.#entries.filter((entry) => !listed.has(entry.order));
    this.#entries = [...vanished, ...stored].filter((entry) => !this.isSettled(entry)).toSorted((a, b) => a.order - b.order);
  }
}
