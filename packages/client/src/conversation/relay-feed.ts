import type { LiveMessage } from '../timeline/state.ts';
import { isPeer, type Side } from '../timeline/view.ts';
import type { ConversationSync } from './sync.ts';
import type { TypingReceiver } from './typing.ts';

/** Receives one conversation's relay events. Hints about the database go to `ConversationSync`. */
export class RelayFeed {
  readonly #side: Side;
  readonly #sync: ConversationSync;
  readonly #peerTyping: TypingReceiver;

  constructor(side: Side, sync: ConversationSync, peerTyping: TypingReceiver) {
    this.#side = side;
    this.#sync = sync;
    this.#peerTyping = peerTyping;
  }

  message(message: LiveMessage): void {
    if (isPeer(this.#side, message)) this.#peerTyping.set(null);
    this.#sync.apply({ type: 'live', message });
  }

  /** `name`: the person who is typing on the other side; null when nobody is. */
  typing(name: string | null): void {
    this.#peerTyping.set(name);
  }

  /** The visitor has ended the conversation. `at`: ISO-8601. */
  end(at: string): void {
    this.#peerTyping.set(null);
    this.#sync.apply({ type: 'ended', at });
  }
}
