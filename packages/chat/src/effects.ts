import type { Audience, ChangeKind, Receipts, SettingView } from '@switchboard/protocol';

/**
 * What others must be notified of because a verb has committed. A repeated call that changes nothing lists its effects again: the answer to the first one may
 * have been lost before its effects were carried out. Carrying out an effect twice must do no harm.
 */
export type Effect = ConversationChanged | MessagesSeen | VisitorLeft | AccessRevoked | SettingsChanged;

/** Both sides of a conversation have something to fetch. */
interface ConversationChanged {
  readonly kind: 'conversation changed';
  readonly clientId: number;
  /** The visitor's address on the relay; null for a client that never had a session. */
  readonly address: string | null;
  readonly lastSeq: number;
  readonly what: readonly ChangeKind[];
  /** Who may see it from now on. */
  readonly audience: Audience;
  /** Who could see it before, if that has changed. */
  readonly formerAudience?: Audience;
}

/** One side has received or seen more of the other's messages. */
interface MessagesSeen {
  readonly kind: 'messages seen';
  readonly clientId: number;
  readonly address: string | null;
  readonly by: 'client' | 'operator';
  readonly receipts: Receipts;
}

/** The visitor has ended the chat. Their connection may close before it sends `chatEnded`. */
interface VisitorLeft {
  readonly kind: 'visitor left';
  readonly clientId: number;
  readonly address: string | null;
}

/** This person's tokens from before the commit no longer count. The revocation is already a row; the relay must receive it at once. */
interface AccessRevoked {
  readonly kind: 'access revoked';
  readonly role: 'client' | 'operator';
  readonly id: number;
  readonly address: string | null;
}

/** The server that has changed settings follows at once, the others by reading them again. */
interface SettingsChanged {
  readonly kind: 'settings changed';
  /** As they are now. */
  readonly settings: readonly SettingView[];
}

/** The answer of a verb that changes something: its result and its effects. */
export type WithEffects<T extends object> = T & { readonly effects: readonly Effect[] };

/** The effect on a conversation of which `what` has changed. */
export function conversationChanged(
  { id, address, lastSeq, teamId, assigneeId }: ChangedConversation,
  ...what: ChangeKind[]
): ConversationChanged {
  return { kind: 'conversation changed', clientId: id, address, lastSeq, what, audience: { teamId, assigneeId } };
}

interface ChangedConversation extends Audience {
  readonly id: number;
  readonly address: string | null;
  readonly lastSeq: number;
}

/** The effect on a conversation that others may see from now on. */
export function audienceChanged(client: ChangedConversation, audience: Audience): Effect {
  const { teamId, assigneeId } = client;
  return { ...conversationChanged({ ...client, ...audience }, 'state', 'activity'), formerAudience: { teamId, assigneeId } };
}
