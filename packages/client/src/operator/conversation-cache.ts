import type { ConversationContext } from '../conversation/context.ts';
import { Conversation } from '../conversation/conversation.ts';
import { oldest } from '../platform/lru.ts';

/** Unwatched conversations that are kept. */
const MAX_IDLE = 50;

export interface ConversationCacheHooks {
  context(clientId: number): ConversationContext;
  /** Whether it is still needed, watched or not. */
  isAwaited(clientId: number): boolean;
  onChange(clientId: number): void;
  /** The first view of it has opened, or the last one has closed. */
  onWatched(clientId: number, watched: boolean): void;
  onEvicted(clientId: number): void;
}

/**
 * The conversations that a console keeps in memory: the watched ones, the awaited ones, and the most recently used of the others. Every message from the relay
 * makes one, so without a limit a console that is open for weeks would keep all of them.
 */
export class ConversationCache {
  readonly #hooks: ConversationCacheHooks;
  readonly #all = new Map<number, Conversation>();
  /** Neither watched nor awaited; least recently used first. */
  readonly #idle = new Set<number>();

  constructor(hooks: ConversationCacheHooks) {
    this.#hooks = hooks;
  }

  /** The conversation of a client, made where there is none. */
  get(clientId: number): Conversation {
    const existing = this.#all.get(clientId);
    if (existing !== undefined) {
      if (this.#idle.has(clientId)) this.touch(clientId);
      return existing;
    }
    const conversation = new Conversation({
      ...this.#hooks.context(clientId),
      onChange: () => this.#hooks.onChange(clientId),
      onWatched: (watched) => {
        this.touch(clientId);
        this.#hooks.onWatched(clientId, watched);
      },
    });
    this.#all.set(clientId, conversation);
    this.touch(clientId);
    return conversation;
  }

  /** The same, undefined when it is not in memory. */
  peek(clientId: number): Conversation | undefined {
    return this.#all.get(clientId);
  }

  /** `seq` of the newest saved message that it shows; 0 for none. */
  lastSeq(clientId: number): number {
    const messages = this.#all.get(clientId)?.screen.getSnapshot().messages ?? [];
    return messages.reduce((seq, message) => Math.max(seq, message.seq ?? 0), 0);
  }

  isWatched(clientId: number): boolean {
    return this.#all.get(clientId)?.screen.isWatched() ?? false;
  }

  watched(): number[] {
    return [...this.#all.keys()].filter((clientId) => this.isWatched(clientId));
  }

  all(): Iterable<Conversation> {
    return this.#all.values();
  }

  /** It was used, or the need for it has changed. */
  touch(clientId: number): void {
    if (!this.#all.has(clientId)) return;
    this.#idle.delete(clientId);
    if (!this.isWatched(clientId) && !this.#hooks.isAwaited(clientId)) this.#idle.add(clientId);
    this.#evict();
  }

  close(): void {
    for (const conversation of this.#all.values()) conversation.close();
  }

  /** Examines two at most: otherwise many that cannot be evicted would make every message expensive. */
  #evict(): void {
    for (const clientId of oldest(this.#idle, this.#idle.size > MAX_IDLE ? 2 : 0)) {
      const conversation = this.#all.get(clientId);
      this.#idle.delete(clientId);
      if (conversation === undefined) continue;
      const { screen } = conversation;
      if (screen.isOpen() || screen.hasUnreported() || this.#hooks.isAwaited(clientId)) this.#idle.add(clientId);
      else {
        conversation.close();
        this.#all.delete(clientId);
        this.#hooks.onEvicted(clientId);
      }
    }
  }
}
