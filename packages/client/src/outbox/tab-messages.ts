import type { ConversationMessageRef } from '../model/message-id.ts';
import type { Closing } from './closing.ts';
import type { SavedEntry } from './sender.ts';

/** Messages between tabs that share an outbox. */
export type TabMessage =
  /** These messages were saved, but a restored database may have lost them: send them again. */
  | { readonly kind: 'revived'; readonly messages: readonly ConversationMessageRef[] }
  /** Whether a tab is ending the conversation: messages are refused meanwhile. */
  | { readonly kind: 'closing'; readonly closing: boolean }
  /** The server has answered a request of that tab. */
  | { readonly kind: 'reached' }
  /** An entry waits to be sent; the leader answers `seen`. */
  | { readonly kind: 'added' }
  | { readonly kind: 'seen' }
  /** A tab has started listening: the leader answers `failing`, and a tab that is ending the conversation answers `closing`. */
  | { readonly kind: 'hello' }
  /** The stored entries have changed: read them again. */
  | { readonly kind: 'changed' }
  /** Older builds send only the key. */
  | { readonly kind: 'dropped'; readonly key: string; readonly message?: ConversationMessageRef }
  | { readonly kind: 'saved'; readonly entries: readonly SavedEntry[] }
  | { readonly kind: 'failing'; readonly failing: boolean }
  /** `key` is for older builds; `id` is the entry's `conversationMessageId`. */
  | { readonly kind: 'progress'; readonly key: string; readonly id?: string; readonly done: number | null };

/** One handler for each kind. */
export type TabHandlers = { readonly [K in TabMessage['kind']]: (message: Extract<TabMessage, { kind: K }>) => void };

/** Handles a message of another tab. It may run an older or newer build: for an unknown kind, reading the stored entries again is enough. */
export function handleTabMessage(message: unknown, handlers: TabHandlers): void {
  const known = message as TabMessage;
  // Each handler takes messages of its own kind; the compiler can't verify that for a union.
  const handle = (Object.hasOwn(handlers, known.kind) ? handlers[known.kind] : handlers.changed) as (message: TabMessage) => void;
  handle(known);
}

/** Whether saving fails, known in every tab: the leader reports it at each change, and to each tab that starts listening. */
export class SharedState {
  readonly #post: (message: TabMessage) => void;
  readonly #ownFails: () => boolean | null;
  readonly #closing: Closing;
  #leaderFails = false;

  /** @param ownFails whether saving fails here; null while another tab leads */
  constructor(post: (message: TabMessage) => void, ownFails: () => boolean | null, closing: Closing) {
    this.#post = post;
    this.#ownFails = ownFails;
    this.#closing = closing;
  }

  isFailing(): boolean {
    return this.#ownFails() ?? this.#leaderFails;
  }

  /** The leader has reported whether saving fails. */
  noteLeader(failing: boolean): void {
    this.#leaderFails = failing;
  }

  /** This tab starts listening, or the leader has changed: earlier reports no longer count. */
  requestState(): void {
    this.#leaderFails = false;
    if (this.#ownFails() === null) this.#post({ kind: 'hello' });
    else this.answer();
  }

  /** Answers another tab's `hello`. */
  answer(): void {
    const failing = this.#ownFails();
    if (failing !== null) this.#post({ kind: 'failing', failing });
    if (this.#closing.isOwn()) this.#post({ kind: 'closing', closing: true });
  }
}
