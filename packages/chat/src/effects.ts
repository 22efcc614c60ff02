import type { ChangeKind, Receipts } from '@switchboard/protocol';

/**
 * What others have to hear of because a verb has committed. A verb lists its effects again when it is asked a second time and changes nothing: the answer to
 * the first request may have been lost, and with it the effects. Carrying them out twice must do no harm.
 */
export type Effect = ConversationChanged | MessagesSeen | VisitorLeft | AccessRevoked;

/** Both sides of a conversation have something to fetch. */
interface ConversationChanged {
  readonly kind: 'conversation changed';
  readonly clientId: number;
  /** The visitor's address on the relay; null for a client that never had a session. */
  readonly address: string | null;
  readonly lastSeq: number;
  readonly what: readonly ChangeKind[];
}

/** One side has received or seen more of the other's messages. */
interface MessagesSeen {
  readonly kind: 'messages seen';
  readonly clientId: number;
  readonly address: string | null;
  readonly by: 'client' | 'operator';
  readonly receipts: Receipts;
}

/** The visitor has ended the chat. Their own connection may end before it can say so. */
interface VisitorLeft {
  readonly kind: 'visitor left';
  readonly clientId: number;
  readonly address: string | null;
}

/** This person's tokens from before the commit no longer count. The revocation is a row already; the relay has to hear of it at once. */
interface AccessRevoked {
  readonly kind: 'access revoked';
  readonly role: 'client' | 'operator';
  readonly id: number;
  readonly address: string | null;
}

/** What a verb that changes something answers: its result, and what it caused. */
export type WithEffects<T extends object> = T & { readonly effects: readonly Effect[] };

/** The effect on a conversation of which `what` has changed. */
export function conversationChanged(
  { id, address, lastSeq }: { readonly id: number; readonly address: string | null; readonly lastSeq: number },
  ...what: ChangeKind[]
): Effect {
  return { kind: 'conversation changed', clientId: id, address, lastSeq, what };
}
