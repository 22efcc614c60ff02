import type { ConversationContext } from '../conversation/context.ts';
import { Conversation } from '../conversation/conversation.ts';
import { oldest } from '../platform/remember.ts';

/** Conversations that are held though nobody looks at them. */
const MAX_IDLE = 50;

export interface HeldConversationsHooks {
  context(clientId: number): ConversationContext;
  /** Whether something is still to be done with it, whoever looks. */
  isAwaited(clientId: number): boolean;
  onChange(clientId: number, conversation: Conversation): void;
  /** Somebody begins to look at it, or nobody does any more. */
  onWatched(clientId: number, watched: boolean): void;
  /** It is not held any more. */
  onLetGo(clientId: number): void;
}

/** A conversation that knows whether somebody looks at it. */
class HeldConversation extends Conversation {
  readonly #onWatched: (watched: boolean) => void;
  #watchers = 0;

  constructor(context: ConversationContext, onChange: (conversation: Conversation) => void, onWatched: (watched: boolean) => void) {
    super(context);
    this.#onWatched = onWatched;
    super.subscribe(() => onChange(this));
  }

  isWatched(): boolean {
    return this.#watchers > 0;
  }

  override subscribe(listener: () => void): () => void {
    const stop = super.subscribe(listener);
    this.#count(1);
    let stopped = false;
    return () => {
      stop();
      if (!stopped) this.#count(-1);
      stopped = true;
    };
  }

  #count(change: 1 | -1): void {
    const before = this.isWatched();
    this.#watchers += change;
    if (this.isWatched() !== before) this.#onWatched(this.isWatched());
  }
}

/**
 * The conversations of a console that are held: those that somebody looks at, those that are awaited, and as many of the others as were used last. Every
 * message that is heard makes one; without an end to it, a console that is open for weeks would hold all there are.
 */
export class HeldConversations {
  readonly #hooks: HeldConversationsHooks;
  readonly #all = new Map<number, HeldConversation>();
  /** Neither watched nor awaited; the longest unused first. */
  readonly #idle = new Set<number>();

  constructor(hooks: HeldConversationsHooks) {
    this.#hooks = hooks;
  }

  /** The conversation of a client, made when there is none. */
  get(clientId: number): Conversation {
    const existing = this.#all.get(clientId);
    if (existing !== undefined) {
      if (this.#idle.has(clientId)) this.settle(clientId);
      return existing;
    }
    const conversation = new HeldConversation(
      this.#hooks.context(clientId),
      (changed) => this.#hooks.onChange(clientId, changed),
      (watched) => {
        this.settle(clientId);
        this.#hooks.onWatched(clientId, watched);
      },
    );
    this.#all.set(clientId, conversation);
    this.settle(clientId);
    return conversation;
  }

  /** The same if it is held. */
  peek(clientId: number): Conversation | undefined {
    return this.#all.get(clientId);
  }

  /** Number of the newest saved message that is shown there; 0 for none. */
  lastSeq(clientId: number): number {
    const messages = this.#all.get(clientId)?.getSnapshot().messages ?? [];
    return messages.reduce((seq, message) => Math.max(seq, message.seq ?? 0), 0);
  }

  isWatched(clientId: number): boolean {
    return this.#all.get(clientId)?.isWatched() ?? false;
  }

  watched(): number[] {
    return [...this.#all].filter(([, conversation]) => conversation.isWatched()).map(([clientId]) => clientId);
  }

  all(): Iterable<Conversation> {
    return this.#all.values();
  }

  get size(): number {
    return this.#all.size;
  }

  /** It was used, or is not needed as it was before. */
  settle(clientId: number): void {
    const conversation = this.#all.get(clientId);
    if (conversation === undefined) return;
    this.#idle.delete(clientId);
    if (!conversation.isWatched() && !this.#hooks.isAwaited(clientId)) this.#idle.add(clientId);
    this.#letGo();
  }

  close(): void {
    for (const conversation of this.#all.values()) conversation.close();
  }

  /** Two at most are looked at, so that many which can't be let go are not walked over with every message. */
  #letGo(): void {
    for (const clientId of oldest(this.#idle, this.#idle.size > MAX_IDLE ? 2 : 0)) {
      const conversation = this.#all.get(clientId);
      this.#idle.delete(clientId);
      if (conversation === undefined) continue;
      if (conversation.isOpen() || conversation.hasUnreported() || this.#hooks.isAwaited(clientId)) this.#idle.add(clientId);
      else {
        conversation.close();
        this.#all.delete(clientId);
        this.#hooks.onLetGo(clientId);
      }
    }
  }
}
