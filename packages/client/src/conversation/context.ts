import type { Acknowledgement, MessagesPage } from '@switchboard/protocol/types';

import type { ConversationMessageRef } from '../model/message-id.ts';
import type { ConversationSnapshot, TimelineMessage } from '../model/types.ts';
import type { NewEntry } from '../outbox/entry.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { SavedEntry } from '../outbox/sender.ts';
import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import { contentOf, savedRow } from '../timeline/state.ts';
import type { SavedRow } from '../timeline/state.ts';
import type { Side } from '../timeline/view.ts';
import type { Http } from '../transport/http.ts';
import type { Watermarks } from './receipts.ts';

/** What a conversation depends on, and what differs between visitors and operators. */
export interface ConversationContext {
  readonly effects: Effects;
  readonly http: Http;
  readonly clock: ServerClock;
  readonly outbox: Outbox;
  readonly clientId: number;
  /** The session of a visitor's own conversation; null in a console. */
  readonly sessionId: string | null;
  readonly side: Side;
  readonly operator: { readonly id: number; readonly name: string } | null;
  /** The largest image that the server accepts, in bytes; undefined when the server has not said. */
  readonly maxImageBytes: number | undefined;
  /** Whether the conversation polls for new messages while it is not on the screen. */
  readonly checkHidden: boolean;
  /** Sends the message over the relay; null without a connection. */
  relay(entry: NewEntry): Promise<Acknowledgement | null>;
  sendTyping(isTyping: boolean): void;
  /** Reports up to which number this side has received and seen the other side's messages. `epoch` says which database the numbers belong to. */
  report(marks: Watermarks, epoch: string | null): Promise<void>;
  /** `seen`: the message appears in view while the person is looking. */
  onArrival(message: TimelineMessage, seen: boolean): void;
  /** The server has answered a request. */
  onReached(): void;
  /** The server says that there is no such conversation. */
  onMissing?(): void;
  /** The snapshot has changed. */
  onChange?(): void;
  /** The snapshot got its first subscriber, or lost its last one. */
  onWatched?(watched: boolean): void;
}

/** The snapshot before anything is loaded. */
export const EMPTY_CONVERSATION: ConversationSnapshot = {
  messages: [],
  history: 'loading',
  hasOlder: false,
  loadingOlder: false,
  peerTyping: null,
  endedAt: null,
  blocked: false,
  opened: false,
  firstUnreadKey: null,
  unread: [],
};

/** Messages of the page that this outbox may have sent: a colleague's message with the same key is another message. */
export function savedFromHere(
  { clientId, operator }: Pick<ConversationContext, 'clientId' | 'operator'>,
  { messages }: MessagesPage,
): readonly ConversationMessageRef[] {
  return messages
    .filter(({ senderType, operatorId }) => senderType === 'CLIENT' || operatorId === operator?.id)
    .map(({ senderType, messageKey: key }) => ({ clientId, senderType, key }));
}

/** The rows of this conversation that the outbox has just saved. */
export function rowsSavedFromHere(
  { clientId, operator }: Pick<ConversationContext, 'clientId' | 'operator'>,
  saved: readonly SavedEntry[],
): readonly SavedRow[] {
  return saved.flatMap(({ entry, saved: answer }) =>
    entry.clientId === clientId ? [savedRow(contentOf(entry, operator, null), answer)] : [],
  );
}
