import type { Acknowledgement, MessagesPage } from '@switchboard/protocol/types';

import type { Effects } from './effects.ts';
import type { Http } from './http.ts';
import type { ConversationMessageRef } from './message-id.ts';
import type { NewEntry } from './outbox/entry.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Watermarks } from './receipts.ts';
import type { ServerClock } from './server-clock.ts';
import type { Side } from './timeline/view.ts';
import type { TimelineMessage } from './types.ts';

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
  onArrival(message: TimelineMessage): void;
  /** The server answers again. */
  onReached(): void;
  /** The server says that there is no such conversation. */
  onMissing?(): void;
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
