import type { RecentChat } from '@switchboard/protocol/types';

import type { ArrivedMessage } from '../../model/types.ts';
import { EMPTY_TIMELINE, rowOf } from '../../timeline/state.ts';
import { viewTimeline } from '../../timeline/view.ts';
import type { Side } from '../../timeline/view.ts';
import type { ListRow } from './list-row.ts';

/**
 * Whether a fetched chat has an unread message of the visitor that was not known before. Its number decides, or where the conversation was not known the time when
 * the server got it. The time when it was written does not: a phone may have kept it for hours.
 *
 * @param since the list is known to be complete until then, by the server's clock; ISO-8601
 */
export function isMissed({ lastMessage, unreadCount, lastActivityAt }: RecentChat, before: ListRow | undefined, since: string): boolean {
  if (lastMessage?.senderType !== 'CLIENT' || unreadCount === 0) return false;
  return before === undefined ? lastActivityAt > since : lastMessage.seq > (before.chat.lastMessage?.seq ?? 0);
}

/** The newest message of a chat, as something that has arrived. */
export function newestArrival({ client, lastMessage }: RecentChat, side: Side): ArrivedMessage[] {
  if (lastMessage === null) return [];
  const row = rowOf(lastMessage);
  const messages = viewTimeline({ ...EMPTY_TIMELINE, rows: new Map([[row.seq, row]]) }, [], side, []);
  return messages.map((message) => ({ clientId: client.id, message }));
}
