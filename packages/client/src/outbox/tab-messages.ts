import type { ConversationMessageRef } from '../model/message-id.ts';
import type { Closing } from './closing.ts';
import type { SavedEntry } from './sender.ts';

/** What tabs that share an outbox tell each other. */
export type TabMessage =
  /** These were saved once and are lost again: they are to be sent anew. */
  | { readonly kind: 'revived'; readonly messages: readonly ConversationMessageRef[] }
  /** The conversation is being ended by some tab, or is so no more: nothing is taken until then. */
  | { readonly kind: 'closing'; readonly closing: boolean }
  /** The server has answered that tab. */
  | { readonly kind: 'reached' }
  /** Something waits to be sent; whoever leads answers `seen`. */
  | { readonly kind: 'added' }
  | { readonly kind: 'seen' }
  /** A tab has begun to listen: whoever leads says whether saving fails, whoever ends the conversation that it does. */
  | { readonly kind: 'hello' }
  /** The store has changed: read it again. */
  | { readonly kind: 'changed' }
  /** Builds before this one named the key alone. */
  | { readonly kind: 'dropped'; readonly key: string; readonly message?: ConversationMessageRef }
  | { readonly kind: 'saved'; readonly entries: readonly SavedEntry[] }
  | { readonly kind: 'failing'; readonly failing: boolean }
  /** `key` as builds before this one read it; `id` is the entry's `conversationMessageId`. */
  | { readonly kind: 'progress'; readonly key: string; readonly id?: string; readonly done: number | null };

/** What to do about each. */
export type TabHandlers = { readonly [K in TabMessage['kind']]: (message: Extract<TabMessage, { kind: K }>) => void };

/** Takes what another tab of this origin says. It comes from this code, in this or a neighbouring build; of words that are not known here the store tells what matters. */
export function handleTabMessage(message: unknown, handlers: TabHandlers): void {
  const told = message as TabMessage;
  // The handler of its kind takes a message of that kind; the compiler can't tell that of a union.
  const handle = (Object.hasOwn(handlers, told.kind) ? handlers[told.kind] : handlers.changed) as (message: TabMessage) => void;
  handle(told);
}

/** Whether saving fails, known in every tab: the one that leads says it at each change, and to each that begins to listen. */
export class SharedState {
  readonly #tell: (message: TabMessage) => void;
  readonly #ownFails: () => boolean | null;
  readonly #closing: Closing;
  #leaderFails = false;

  /** @param ownFails whether saving fails here; null while another tab leads */
  constructor(tell: (message: TabMessage) => void, ownFails: () => boolean | null, closing: Closing) {
    this.#tell = tell;
    this.#ownFails = ownFails;
    this.#closing = closing;
  }

  isFailing(): boolean {
    return this.#ownFails() ?? this.#leaderFails;
  }

  /** The tab that leads has said so. */
  noteLeader(failing: boolean): void {
    this.#leaderFails = failing;
  }

  /** This tab begins to listen, or another one leads: what was said before counts no more. */
  greet(): void {
    this.#leaderFails = false;
    if (this.#ownFails() === null) this.#tell({ kind: 'hello' });
    else this.answer();
  }

  /** Another tab has said hello. */
  answer(): void {
    const failing = this.#ownFails();
    if (failing !== null) this.#tell({ kind: 'failing', failing });
    if (this.#closing.isOwn()) this.#tell({ kind: 'closing', closing: true });
  }
}
