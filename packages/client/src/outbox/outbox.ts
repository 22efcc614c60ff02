import { ChatError } from '@switchboard/protocol/errors';

import { conversationMessageId, type ConversationMessageRef } from '../model/message-id.ts';
import type { Channel, Effects } from '../platform/effects.ts';
import { createEmitter } from '../platform/emitter.ts';
import { Closing } from './closing.ts';
import type { NewEntry, OutboxEntry } from './entry.ts';
import { flush } from './flush.ts';
import { EntryCache } from './entry-cache.ts';
import { LeaderTimeout, joinElection, type Leadership } from './leader.ts';
import { UploadProgress } from './progress.ts';
import { Refusals } from './refusals.ts';
import { Sender, type OutboxOptions, type SavedEntry } from './sender.ts';
import { handleTabMessage, SharedState, type TabHandlers, type TabMessage } from './tab-messages.ts';

/**
 * The messages that a person has sent and that are not known to be saved. They are written to disk before any network call, sent by one tab and shown by
 * all. An entry is removed only when it is saved or when the person discards it.
 */
export class Outbox {
  readonly #effects: Effects;
  readonly #options: OutboxOptions;
  readonly #name: string;
  readonly #sender: Sender;
  readonly #channel: Channel | undefined;
  readonly #changed = createEmitter<void>();
  readonly #saved = createEmitter<readonly SavedEntry[]>();
  readonly #dropped = createEmitter<ConversationMessageRef>();
  readonly #cache: EntryCache;
  readonly #progress: UploadProgress;
  readonly #refusals: Refusals;
  readonly #leaderTimeout: LeaderTimeout;
  readonly #shared: SharedState;
  /** Whether a tab is ending the conversation now. */
  readonly closing: Closing;
  readonly #stopPage: readonly (() => void)[];
  #leadership: Leadership | undefined;
  #closed = false;

  constructor(effects: Effects, options: OutboxOptions) {
    this.#effects = effects;
    this.#options = options;
    this.#name = `switchboard-outbox:${options.owner}`;
    this.#cache = new EntryCache(effects, options.owner, () => {
      this.#changed.emit();
      this.kick();
    });
    this.#progress = new UploadProgress(() => this.#changed.emit());
    this.#refusals = new Refusals(() => effects.uuid(), options.asOperator);
    this.#sender = this.#createSender();
    this.#leaderTimeout = new LeaderTimeout(effects);
    this.closing = new Closing(effects, () => this.#changed.emit());
    this.#shared = new SharedState(
      (message) => this.#post(message),
      () => (this.#isLeader() ? this.#sender.isFailing() : null),
      this.closing,
    );
    this.#channel = effects.openChannel(this.#name);
    const handlers = this.#handlers();
    this.#channel?.listen((message) => handleTabMessage(message, handlers));
    this.#stopPage = [effects.page.onWake(() => this.kick(true)), effects.page.onLeave(() => this.kick(true))];
  }

  /** Loads the entries that an earlier page has stored. Sending starts only with `begin`. */
  async load(): Promise<void> {
    await this.#cache.read();
    // Messages that were refused on a visitor's behalf were shown until the page was closed; this person can't retry them.
    const isOver = (entry: OutboxEntry) => entry.failure !== null && this.#options.asOperator && entry.senderType === 'CLIENT';
    await this.#cache.finish(this.#cache.all().filter(isOver));
  }

  /** Starts sending the waiting entries. */
  begin(): void {
    if (this.#closed || this.#leadership !== undefined) return;
    this.#leadership = joinElection(this.#effects, this.#name, () => {
      this.#shared.requestState();
      void this.#cache.read();
    });
  }

  /** The entries in order; the same array while nothing changes. */
  entries(): readonly OutboxEntry[] {
    return this.#cache.all();
  }

  /** 0 to 1 while the entry's picture is being uploaded, else null. */
  progress(message: ConversationMessageRef): number | null {
    return this.#progress.of(message);
  }

  /**
   * Number of this person's messages, in one conversation or in all, that need a retry by the person: the server has refused them, or their upload has
   * failed. Messages that a console saves for visitors are not counted. `onChange` reports when the number may have changed.
   */
  unsent(clientId?: number): number {
    const side = this.#options.asOperator ? 'OPERATOR' : 'CLIENT';
    const isUnsent = (entry: OutboxEntry) => entry.failure !== null && entry.senderType === side;
    return this.#cache.all().filter((entry) => isUnsent(entry) && (clientId ?? entry.clientId) === entry.clientId).length;
  }

  isFailing(): boolean {
    return this.#waits() && this.#shared.isFailing();
  }

  isVolatile(): boolean {
    return this.#cache.isVolatile();
  }

  /** Notifies of each change of anything above. */
  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** Notifies every tab of saved entries, before they are removed from `entries()`. */
  onSaved(listener: (saved: readonly SavedEntry[]) => void): () => void {
    return this.#saved.on(listener);
  }

  /** Notifies every tab of discarded messages. */
  onDropped(listener: (message: ConversationMessageRef) => void): () => void {
    return this.#dropped.on(listener);
  }

  /** Sets whether this tab is ending the conversation: no tab accepts messages meanwhile. */
  setClosing(closing: boolean): void {
    this.closing.set(closing, true);
    this.#post({ kind: 'closing', closing });
  }

  /** Resolves when the message is stored. @throws ChatError `conflict` while the conversation is being ended */
  async add(entry: NewEntry): Promise<void> {
    if (this.closing.isClosing()) throw new ChatError('conflict', 'The chat is being ended.');
    if (this.#cache.isSettled(entry)) return;
    await this.#cache.add({ failure: null, sessionId: null, ...entry });
    this.#askLeader();
  }

  /** Sends messages again that were saved and that a restored database may have lost. Sending one that it still has does no harm. */
  async resend(entries: readonly NewEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.#cache.revive(entries);
    this.#post({ kind: 'revived', messages: entries.map(({ clientId, senderType, key }) => ({ clientId, senderType, key })) });
    for (const entry of entries) await this.#cache.add({ failure: null, sessionId: null, ...entry });
    this.#askLeader();
  }

  /** The relay has stamped this message: it is saved with that time, unless the save request is already in flight. */
  async stamp(message: ConversationMessageRef, timestamp: string): Promise<void> {
    const entry = this.#cache.find(message);
    if (entry !== undefined && this.#isLeader()) await this.#update({ ...entry, createdAt: timestamp });
  }

  /** Retries a refused message. */
  async retry(message: ConversationMessageRef): Promise<void> {
    const entry = this.#cache.find(message);
    if (entry === undefined) return;
    await this.#update({ ...entry, failure: null });
    this.#askLeader();
    this.kick(true);
  }

  /** Discards a message, refused or not, and cancels its upload. */
  async discard({ clientId, senderType, key }: ConversationMessageRef): Promise<void> {
    const message = { clientId, senderType, key };
    this.#cache.settle([message]);
    this.#sender.drop(this.#cache.among([message]));
    await this.#cache.finish([message]);
    this.#post({ kind: 'dropped', key, message });
    this.#dropped.emit(message);
  }

  /** A fetched page shows that these messages are saved: removes their entries. */
  settle(messages: readonly ConversationMessageRef[]): Promise<void> {
    return this.#cache.finish(messages);
  }

  /** Sends waiting entries; with `now`, also those in the delay before a retry. */
  kick(now = false): void {
    if (this.#isLeader()) this.#sender.kick(now);
    else if (now && this.#waits()) this.#askLeader();
  }

  /** The server has answered another request: retries waiting entries at once. */
  reached(): void {
    this.#sender.noteAnswer();
    if (this.#waits()) this.#post({ kind: 'reached' });
    this.kick(true);
  }

  /** Sends waiting entries at once. Resolves to true as soon as none waits to be saved, to false after `ms` milliseconds. */
  flush(ms: number): Promise<boolean> {
    return flush(this.#effects, this, ms);
  }

  close(): void {
    this.#closed = true;
    this.#leaderTimeout.cancel();
    this.closing.set(false);
    for (const stop of this.#stopPage) stop();
    this.#sender.close();
    this.#leadership?.close();
    this.#channel?.close();
    this.#cache.close();
  }

  #waits(): boolean {
    return this.#cache.all().some((entry) => entry.failure === null);
  }

  #isLeader(): boolean {
    return this.#leadership?.isLeader() ?? false;
  }

  #post(message: TabMessage): void {
    if (!this.#closed) this.#channel?.postMessage(message);
  }

  async #update(entry: OutboxEntry): Promise<void> {
    await this.#cache.update(entry);
    this.#post({ kind: 'changed' });
  }

  #handlers(): TabHandlers {
    const read = () => void this.#cache.read();
    return {
      added: () => {
        if (this.#isLeader()) this.#post({ kind: 'seen' });
        read();
      },
      hello: () => this.#shared.answer(),
      seen: () => this.#leaderTimeout.cancel(),
      dropped: ({ key, message }) => {
        this.#noteDropped(key, message);
        read();
      },
      saved: ({ entries }) => this.#settleSaved(entries),
      failing: ({ failing }) => {
        this.#shared.noteLeader(failing);
        this.#changed.emit();
      },
      progress: ({ id, done }) => this.#progress.set(id ?? '', done),
      reached: () => this.#sender.noteAnswer(),
      revived: ({ messages }) => this.#cache.revive(messages),
      closing: ({ closing }) => this.closing.set(closing),
      changed: read,
    };
  }

  /** Notifies the leader that an entry waits; takes over when it does not answer. */
  #askLeader(): void {
    this.#post({ kind: 'added' });
    if (!this.#closed) this.#leaderTimeout.start(this.#leadership);
  }

  #settleSaved(entries: readonly SavedEntry[]): void {
    this.#cache.settle(entries.map(({ entry }) => entry));
    this.#saved.emit(entries);
    this.#cache.release();
    this.#changed.emit();
  }

  /** Another tab has discarded the message. */
  #noteDropped(key: string, given: ConversationMessageRef | undefined): void {
    const message = given ?? this.#cache.only(key);
    if (message === undefined) return;
    this.#sender.drop(this.#cache.among([message]));
    this.#cache.settle([message]);
    this.#dropped.emit(message);
  }

  #createSender(): Sender {
    return new Sender(this.#effects, this.#options, {
      waiting: () => (this.#isLeader() ? this.#cache.all().filter((entry) => entry.failure === null && !this.#cache.isSettled(entry)) : []),
      onUploaded: async (entry) => {
        if (this.#cache.isSettled(entry)) return;
        await this.#update(entry);
        this.#options.onUploaded(entry);
      },
      onSaved: async (saved) => {
        this.#settleSaved(saved);
        this.#post({ kind: 'saved', entries: saved });
        await this.#cache.remove(saved.map(({ entry }) => entry));
      },
      onRefused: async (entry, reason) => {
        const kept = this.#refusals.answer(entry, reason);
        await (kept === null ? this.discard(entry) : this.#update(kept));
      },
      onProgress: (entry, done) => {
        const id = conversationMessageId(entry);
        this.#progress.set(id, done);
        this.#post({ kind: 'progress', key: entry.key, id, done });
      },
      onFailing: (failing) => {
        this.#post({ kind: 'failing', failing });
        this.#changed.emit();
      },
    });
  }
}
