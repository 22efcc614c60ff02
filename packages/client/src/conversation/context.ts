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

/** What a conversation stands on, and what its side does differently. */
export interface ConversationContext {
  readonly effects: Effects;
  readonly http: Http;
  readonly clock: ServerClock;
  readonly outbox: Outbox;
  readonly clientId: number;
  /** Of a visitor's own conversation; null for a console. */
  readonly sessionId: string | null;
  readonly side: Side;
  readonly operator: { readonly id: number; readonly name: string } | null;
  /** Bytes that an image may have, if the server has said so. */
  readonly maxImageBytes: number | undefined;
  /** Whether it looks for news by itself while nobody looks at it. */
  readonly checkHidden: boolean;
  /** Sends it over the relay, if there is a line. */
  relay(entry: NewEntry): Promise<Acknowledgement | null>;
  sendTyping(isTyping: boolean): void;
  /** Reports how far this side has received and seen the other's messages, and of which history of the data the numbers are. */
  report(marks: Watermarks, epoch: string | null): Promise<void>;
  /** `seen`: it arrives in view while somebody looks. */
  onArrival(message: TimelineMessage, seen: boolean): void;
  /** The server answers again. */
  onReached(): void;
  /** The server says that there is no such conversation. */
  onMissing?(): void;
  /** The snapshot has changed. */
  onChange?(): void;
  /** Somebody has subscribed to the snapshot, or nobody does any more. */
  onWatched?(watched: boolean): void;
}

/** What is shown before anything is known. */
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

/** Messages of the page that may be this outbox's own: a colleague's with the same key is not what waits here. */
export function savedFromHere(
  { clientId, operator }: Pick<ConversationContext, 'clientId' | 'operator'>,
  { messages }: MessagesPage,
): readonly ConversationMessageRef[] {
  return messages
    .filter(({ senderType, operatorId }) => senderType === 'CLIENT' || operatorId === operator?.id)
    .map(({ senderType, messageKey: key }) => ({ clientId, senderType, key }));
}

/** The rows of this conversation that stand for what its outbox has saved. */
export function rowsSavedFromHere(
  { clientId, operator }: Pick<ConversationContext, 'clientId' | 'operator'>,
  saved: readonly SavedEntry[],
): readonly SavedRow[] {
  return saved.flatMap(({ entry, saved: answer }) =>
    entry.clientId === clientId ? [savedRow(contentOf(entry, operator, null), answer)] : [],
  );
}
