import type { RecentChat } from '@switchboard/protocol/types';

import type { ListState } from './conversation-list.ts';
import { EMPTY_TIMELINE, rowOf } from './timeline/state.ts';
import { viewTimeline } from './timeline/view.ts';
import type { Side } from './timeline/view.ts';
import type { ArrivedMessage } from './types.ts';

/** Visitors' newest messages, unread and not known before, that a fetched list has brought. The first list is no news: `before` is empty then. */
export function newsOf(chats: readonly RecentChat[], before: ListState, side: Side): ArrivedMessage[] {
  if (before.size === 0) return [];
  return chats.flatMap(({ client, lastMessage, unreadCount }) => {
    const isNews =
      lastMessage?.senderType === 'CLIENT' && unreadCount > 0 && lastMessage.createdAt > (before.get(client.id)?.previewAt ?? '');
    if (!isNews) return [];
    const row = rowOf(lastMessage);
    const [message] = viewTimeline({ ...EMPTY_TIMELINE, rows: new Map([[row.seq, row]]) }, [], side, []);
    return message === undefined ? [] : [{ clientId: client.id, message }];
  });
}
