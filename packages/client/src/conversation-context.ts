import type { Acknowledgement, MessagesPage } from '@switchboard/protocol/types';

import type { NewEntries } from './compose.ts';
import type { Effects } from './effects.ts';
import type { Http } from './http.ts';
import type { ConversationMessageRef } from './message-id.ts';
import type { NewEntry } from './outbox/entry.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { SavedEntry } from './outbox/sender.ts';
import type { Watermarks } from './receipts.ts';
import type { ServerClock } from './server-clock.ts';
import { contentOf, savedRow } from './timeline/state.ts';
import type { SavedRow } from './timeline/state.ts';
import type { Side } from './timeline/view.ts';
import type { ConversationSnapshot, TimelineMessage } from './types.ts';

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
  tellTyping(isTyping: boolean): void;
  /** Reports how far this side has received and seen the other's messages, and of which history of the data the numbers are. */
  report(marks: Watermarks, epoch: string | null): Promise<void>;
  /** `seen`: it arrives in view while somebody looks. */
  onArrival(message: TimelineMessage, seen: boolean): void;
  /** The server answers again. */
  onReached(): void;
  /** The server says that there is no such conversation. */
  onMissing?(): void;
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

/**
 * Whether an own message with this time would stand where it stands now among the person's own: a stamp that comes late must not carry it past what they
 * sent after it.
 */
function keepsPlace(shown: readonly TimelineMessage[], { key }: Pick<NewEntry, 'key'>, timestamp: string): boolean {
  const own = shown.filter((message) => message.own);
  const at = own.findIndex((message) => message.key === key);
  return at === own.length - 1 && (own[at - 1]?.createdAt ?? '') < timestamp;
}

/** Sends a kept message over the relay, whose stamp becomes its time where that leaves it in its place. `shown`: the messages of the conversation, asked then. `made`: those of this person, shown yet or not. */
export async function relayAndStamp(
  { relay, http, outbox }: Pick<ConversationContext, 'relay' | 'http' | 'outbox'>,
  entry: NewEntry,
  shown: () => readonly TimelineMessage[],
  made: Pick<NewEntries, 'mayGet'>,
): Promise<void> {
  const answer = await relay(entry);
  if (answer?.ok !== true) return;
  http.timings.relayed(entry);
  if (keepsPlace(shown(), entry, answer.timestamp) && made.mayGet(entry, answer.timestamp)) await outbox.stamp(entry, answer.timestamp);
}

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
