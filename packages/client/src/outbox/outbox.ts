import type { Channel, Effects } from '../effects.ts';
import { createEmitter } from '../emitter.ts';
import { ENTRY_VERSION } from './entry.ts';
import type { NewEntry, OutboxEntry } from './entry.ts';
import { flush } from './flush.ts';
import { standForElection } from './leader.ts';
import type { Leadership } from './leader.ts';
import { Sender } from './sender.ts';
import type { SavedEntry, Transport } from './sender.ts';
import { openOutboxStore } from './store.ts';
import type { OutboxStore } from './store.ts';
import { isBlocked } from '../retry.ts';
import type { TabMessage } from './tabs.ts';

/** Milliseconds within which a leading tab answers; otherwise it is asleep and another takes over. */
const LEADER_ANSWER_MS = 3_000;

export interface OutboxOptions extends Transport {
  /** `visitor` or `operator:<id>`: whose messages. */
  readonly owner: string;
  /** In the sending tab: the picture is up, so the relay can carry its URL. */
  onUploaded(entry: OutboxEntry): void;
}

/**
 * Everything that a person has sent and the database does not have yet. Written to disk before any network call, sent by one tab, shown by all;
 * an entry leaves it only when it is saved or when the person drops it.
 */
export class Outbox {
  readonly #effects: Effects;
  readonly #options: OutboxOptions;
  readonly #store: OutboxStore;
  readonly #sender: Sender;
  readonly #channel: Channel | undefined;
  readonly #changed = createEmitter<void>();
  readonly #saved = createEmitter<readonly SavedEntry[]>();
  readonly #dropped = createEmitter<string>();
  /** Saved or dropped: they do not come back, even when the disk still lists them. */
  readonly #settled = new Set<string>();
  readonly #progress = new Map<string, number>();
  readonly #stopPage: readonly (() => void)[];
  #leadership: Leadership | undefined;
  #entries: readonly OutboxEntry[] = [];
  #leaderFails = false;
  #closed = false;
  #cancelTakeOver: (() => void) | undefined;
  #reading: Promise<void> | undefined;
  #readAgain = false;

  constructor(effects: Effects, options: OutboxOptions) {
    this.#effects = effects;
    this.#options = options;
    this.#store = openOutboxStore(effects);
    this.#sender = this.#createSender();
    this.#channel = effects.openChannel(this.#name());
    // What other tabs of this origin say comes from this code, in this or a neighbouring build.
    this.#channel?.listen((message) => this.#hear(message as TabMessage));
    this.#stopPage = [effects.page.onWake(() => this.kick(true)), effects.page.onLeave(() => this.kick(true))];
  }

  /** Loads what an earlier page left. Sending begins only with `begin`. */
  load(): Promise<void> {
    return this.#read();
  }

  /** Starts sending what waits. */
  begin(): void {
    if (this.#closed || this.#leadership !== undefined) return;
    this.#leadership = standForElection(this.#effects, this.#name(), () => {
      void this.#read();
    });
  }

  /** In order; the same array while nothing changes. */
  entries(): readonly OutboxEntry[] {
    return this.#entries;
  }

  /** 0 to 1 while the entry's picture is on the way up, else null. */
  progress(key: string): number | null {
    return this.#progress.get(key) ?? null;
  }

  isFailing(): boolean {
    return this.#entries.some((entry) => entry.failure === null) && (this.#isLeader() ? this.#sender.isFailing() : this.#leaderFails);
  }

  isVolatile(): boolean {
    return this.#store.isVolatile();
  }

  /** Told after each change of anything above. */
  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** Told in every tab, before the entries are gone from `entries()`. */
  onSaved(listener: (saved: readonly SavedEntry[]) => void): () => void {
    return this.#saved.on(listener);
  }

  /** Told in every tab, by key, of what was dropped. */
  onDropped(listener: (key: string) => void): () => void {
    return this.#dropped.on(listener);
  }

  /** Resolves when the message is kept. */
  async add(entry: NewEntry): Promise<void> {
    if (this.#settled.has(entry.key)) return;
    await this.#store.add({ failure: null, ...entry, version: ENTRY_VERSION, owner: this.#options.owner });
    await this.#read();
    this.#askLeader();
  }

  /** The relay has stamped this message: unless it is on its way already, it is saved with that time. */
  async stamp(key: string, timestamp: string): Promise<void> {
    const entry = this.#entries.find((other) => other.key === key);
    if (entry !== undefined && this.#isLeader()) await this.#update({ ...entry, createdAt: timestamp });
  }

  /** Tries a refused message again. */
  async retry(key: string): Promise<void> {
    const entry = this.#entries.find((other) => other.key === key);
    if (entry === undefined) return;
    await this.#update({ ...entry, failure: null });
    this.#askLeader();
    this.kick(true);
  }

  /** Forgets a refused message. */
  async discard(key: string): Promise<void> {
    this.#settled.add(key);
    await this.#store.remove([key]);
    this.#tell({ kind: 'dropped', key });
    await this.#read();
    this.#dropped.emit(key);
  }

  /** A fetched page shows that these are saved: whatever this tab still holds of them is done. */
  async settle(keys: readonly string[]): Promise<void> {
    const held = keys.filter((key) => this.#entries.some((entry) => entry.key === key));
    if (held.length === 0) return;
    for (const key of held) this.#settled.add(key);
    await this.#store.remove(held);
    await this.#read();
  }

  /** Tries at once what waits (`now`: also what waits for a retry). */
  kick(now = false): void {
    if (this.#isLeader()) this.#sender.kick(now);
    else if (now && this.#entries.some((entry) => entry.failure === null)) this.#askLeader();
  }

  /** Resolves to true as soon as nothing waits to be saved, to false when that takes longer than `ms`. */
  flush(ms: number): Promise<boolean> {
    return flush(this.#effects, this, ms);
  }

  close(): void {
    this.#closed = true;
    this.#cancelTakeOver?.();
    for (const stop of this.#stopPage) stop();
    this.#sender.close();
    this.#leadership?.close();
    this.#channel?.close();
    this.#store.close();
  }

  #name(): string {
    return `switchboard-outbox:${this.#options.owner}`;
  }

  #isLeader(): boolean {
    return this.#leadership?.isLeader() ?? false;
  }

  #tell(message: TabMessage): void {
    if (!this.#closed) this.#channel?.postMessage(message);
  }

  /** Reads the store again; calls during a read make one more. */
  #read(): Promise<void> {
    this.#readAgain = true;
    this.#reading ??= this.#readUntilFresh();
    return this.#reading;
  }

  async #readUntilFresh(): Promise<void> {
    try {
      while (this.#readAgain && !this.#closed) {
        this.#readAgain = false;
        this.#take(await this.#store.list(this.#options.owner));
      }
    } finally {
      this.#reading = undefined;
    }
  }

  #take(stored: readonly OutboxEntry[]): void {
    const listed = new Set(stored.map((entry) => entry.key));
    // Gone without a word (the tab that sent it died, the disk failed): kept here until it is known to be saved.
    const vanished = this.#entries.filter((entry) => !listed.has(entry.key));
    const left = [...vanished, ...stored].filter((entry) => !this.#settled.has(entry.key));
    this.#entries = left.toSorted((a, b) => a.order - b.order);
    this.#changed.emit();
    this.kick();
  }

  async #update(entry: OutboxEntry): Promise<void> {
    await this.#store.update(entry);
    await this.#read();
    this.#tell({ kind: 'changed' });
  }

  #hear(message: TabMessage): void {
    switch (message.kind) {
      case 'added':
        if (this.#isLeader()) this.#tell({ kind: 'seen' });
        void this.#read();
        break;
      case 'seen':
        this.#cancelTakeOver?.();
        this.#cancelTakeOver = undefined;
        break;
      case 'dropped':
        this.#settled.add(message.key);
        this.#dropped.emit(message.key);
        void this.#read();
        break;
      case 'saved':
        this.#settleSaved(message.entries);
        break;
      case 'failing':
        this.#leaderFails = message.failing;
        this.#changed.emit();
        break;
      case 'progress':
        this.#setProgress(message.key, message.done);
        break;
      case 'changed':
        void this.#read();
        break;
      default:
        // A word of a newer build in another tab: the store tells what matters.
        void this.#read();
    }
  }

  /** Tells the other tabs that something waits; takes over when none of them answers. */
  #askLeader(): void {
    this.#tell({ kind: 'added' });
    if (this.#leadership === undefined || this.#isLeader() || this.#closed) return;
    this.#cancelTakeOver ??= this.#effects.after(LEADER_ANSWER_MS, () => {
      this.#cancelTakeOver = undefined;
      this.#leadership?.takeOver();
    });
  }

  #settleSaved(entries: readonly SavedEntry[]): void {
    for (const { entry } of entries) this.#settled.add(entry.key);
    this.#saved.emit(entries);
    this.#entries = this.#entries.filter((entry) => !this.#settled.has(entry.key));
    this.#changed.emit();
  }

  #setProgress(key: string, done: number | null): void {
    if (done === null) this.#progress.delete(key);
    else this.#progress.set(key, done);
    this.#changed.emit();
  }

  #createSender(): Sender {
    return new Sender(this.#effects, this.#options, {
      waiting: () => (this.#isLeader() ? this.#entries.filter((entry) => entry.failure === null) : []),
      onUploaded: async (entry) => {
        await this.#update(entry);
        this.#options.onUploaded(entry);
      },
      onSaved: async (saved) => {
        this.#settleSaved(saved);
        this.#tell({ kind: 'saved', entries: saved });
        await this.#store.remove(saved.map(({ entry }) => entry.key));
      },
      onRefused: async (entry, reason) => {
        // On behalf of a visitor that is blocked: it is for nobody here to try again, and its sender is told the same.
        const needless = this.#options.asOperator && entry.senderType === 'CLIENT' && isBlocked(reason);
        await (needless ? this.discard(entry.key) : this.#update({ ...entry, failure: reason.message }));
      },
      onProgress: (key, done) => {
        this.#setProgress(key, done);
        this.#tell({ kind: 'progress', key, done });
      },
      onFailing: (failing) => {
        this.#tell({ kind: 'failing', failing });
        this.#changed.emit();
      },
    });
  }
}
