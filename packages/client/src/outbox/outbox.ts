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
 * Everything that a person has sent and the database does not have yet. Written to disk before any network call, sent by one tab, shown by all;
 * an entry leaves it only when it is saved or when the person drops it.
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
  /** Whether some tab is ending the conversation now. */
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
      (message) => this.#tell(message),
      () => (this.#isLeader() ? this.#sender.isFailing() : null),
      this.closing,
    );
    this.#channel = effects.openChannel(this.#name);
    const handlers = this.#handlers();
    this.#channel?.listen((message) => handleTabMessage(message, handlers));
    this.#stopPage = [effects.page.onWake(() => this.kick(true)), effects.page.onLeave(() => this.kick(true))];
  }

  /** Loads what an earlier page left. Sending begins only with `begin`. */
  async load(): Promise<void> {
    await this.#cache.read();
    // What was refused on a visitor's behalf was shown as long as its page was there; it is not this person's to try again.
    const isOver = (entry: OutboxEntry) => entry.failure !== null && this.#options.asOperator && entry.senderType === 'CLIENT';
    await this.#cache.finish(this.#cache.all().filter(isOver));
  }

  /** Starts sending what waits. */
  begin(): void {
    if (this.#closed || this.#leadership !== undefined) return;
    this.#leadership = joinElection(this.#effects, this.#name, () => {
      this.#shared.greet();
      void this.#cache.read();
    });
  }

  /** In order; the same array while nothing changes. */
  entries(): readonly OutboxEntry[] {
    return this.#cache.all();
  }

  /** 0 to 1 while the entry's picture is on the way up, else null. */
  progress(message: ConversationMessageRef): number | null {
    return this.#progress.of(message);
  }

  /**
   * How many messages of this person, of one conversation or of all, go out only when the person tries again: the server has refused them, or their
   * picture did not get up. What a console saves for visitors is not counted. `onChange` tells when it may have changed.
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

  /** Told after each change of anything above. */
  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** Told in every tab, before the entries are gone from `entries()`. */
  onSaved(listener: (saved: readonly SavedEntry[]) => void): () => void {
    return this.#saved.on(listener);
  }

  /** Told in every tab of what was dropped. */
  onDropped(listener: (message: ConversationMessageRef) => void): () => void {
    return this.#dropped.on(listener);
  }

  /** The conversation is being ended by this tab (`true`), or not any more: meanwhile no tab takes anything. */
  setClosing(closing: boolean): void {
    this.closing.set(closing, true);
    this.#tell({ kind: 'closing', closing });
  }

  /** Resolves when the message is kept. @throws ChatError `conflict` while the conversation is being ended */
  async add(entry: NewEntry): Promise<void> {
    if (this.closing.isClosing()) throw new ChatError('conflict', 'The chat is being ended.');
    if (this.#cache.isSettled(entry)) return;
    await this.#cache.add({ failure: null, sessionId: null, ...entry });
    this.#askLeader();
  }

  /** Takes what was saved once, and what the database has lost since. Sending it anew does no harm where that is not so. */
  async resend(entries: readonly NewEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.#cache.revive(entries);
    this.#tell({ kind: 'revived', messages: entries.map(({ clientId, senderType, key }) => ({ clientId, senderType, key })) });
    for (const entry of entries) await this.#cache.add({ failure: null, sessionId: null, ...entry });
    this.#askLeader();
  }

  /** The relay has stamped this message: unless it is on its way already, it is saved with that time. */
  async stamp(message: ConversationMessageRef, timestamp: string): Promise<void> {
    const entry = this.#cache.find(message);
    if (entry !== undefined && this.#isLeader()) await this.#update({ ...entry, createdAt: timestamp });
  }

  /** Tries a refused message again. */
  async retry(message: ConversationMessageRef): Promise<void> {
    const entry = this.#cache.find(message);
    if (entry === undefined) return;
    await this.#update({ ...entry, failure: null });
    this.#askLeader();
    this.kick(true);
  }

  /** Forgets a message, refused or not; its upload is called off. */
  async discard({ clientId, senderType, key }: ConversationMessageRef): Promise<void> {
    const message = { clientId, senderType, key };
    this.#cache.settle([message]);
    this.#sender.drop(this.#cache.among([message]));
    await this.#cache.finish([message]);
    this.#tell({ kind: 'dropped', key, message });
    this.#dropped.emit(message);
  }

  /** A fetched page shows that these are saved: whatever this tab still holds of them is done. */
  settle(messages: readonly ConversationMessageRef[]): Promise<void> {
    return this.#cache.finish(messages);
  }

  /** Tries at once what waits (`now`: also what waits for a retry). */
  kick(now = false): void {
    if (this.#isLeader()) this.#sender.kick(now);
    else if (now && this.#waits()) this.#askLeader();
  }

  /** The server has answered something else than the outbox's own requests: what waits is tried at once. */
  reached(): void {
    this.#sender.noteAnswer();
    if (this.#waits()) this.#tell({ kind: 'reached' });
    this.kick(true);
  }

  /** Resolves to true as soon as nothing waits to be saved, to false when that takes longer than `ms`. */
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

  #tell(message: TabMessage): void {
    if (!this.#closed) this.#channel?.postMessage(message);
  }

  async #update(entry: OutboxEntry): Promise<void> {
    await this.#cache.update(entry);
    this.#tell({ kind: 'changed' });
  }

  #handlers(): TabHandlers {
    const read = () => void this.#cache.read();
    return {
      added: () => {
        if (this.#isLeader()) this.#tell({ kind: 'seen' });
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

  /** Tells the other tabs that something waits; takes over when none of them answers. */
  #askLeader(): void {
    this.#tell({ kind: 'added' });
    if (!this.#closed) this.#leaderTimeout.start(this.#leadership);
  }

  #settleSaved(entries: readonly SavedEntry[]): void {
    this.#cache.settle(entries.map(({ entry }) => entry));
    this.#saved.emit(entries);
    this.#cache.release();
    this.#changed.emit();
  }

  /** Another tab has dropped it. */
  #noteDropped(key: string, told: ConversationMessageRef | undefined): void {
    const message = told ?? this.#cache.only(key);
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
        this.#tell({ kind: 'saved', entries: saved });
        await this.#cache.remove(saved.map(({ entry }) => entry));
      },
      onRefused: async (entry, reason) => {
        const kept = this.#refusals.answer(entry, reason);
        await (kept === null ? this.discard(entry) : this.#update(kept));
      },
      onProgress: (entry, done) => {
        const id = conversationMessageId(entry);
        this.#progress.set(id, done);
        this.#tell({ kind: 'progress', key: entry.key, id, done });
      },
      onFailing: (failing) => {
        this.#tell({ kind: 'failing', failing });
        this.#changed.emit();
      },
    });
  }
}
