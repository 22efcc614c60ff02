import type { TimelineMessage } from '@switchboard/client';
import type { ActivityItem } from '@switchboard/protocol/types';

/** A message, a note or an event of one conversation. */
export type TimelineEntry =
  | { readonly kind: 'message'; readonly message: TimelineMessage }
  | { readonly kind: 'activity'; readonly item: ActivityItem };

/**
 * Merges the messages of a conversation, in the order in which they are shown, with its activity, by `activitySeq`. Both keep their orders: a time that is
 * earlier than one before it, as of a message that was sent while its sender was offline, counts as that one. At equal times the message is first. Entries that
 * are added at the ends of the two lists never change the order of those before them.
 */
export function mergeActivity(messages: readonly TimelineMessage[], activity: readonly ActivityItem[]): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let next = 0;
  let messageTime = Number.NEGATIVE_INFINITY;
  let activityTime = Number.NEGATIVE_INFINITY;
  for (const message of messages) {
    messageTime = Math.max(messageTime, Date.parse(message.createdAt));
    for (let item = activity[next]; item !== undefined; item = activity[next]) {
      activityTime = Math.max(activityTime, Date.parse(item.at));
      if (activityTime >= messageTime) break;
      entries.push({ kind: 'activity', item });
      next += 1;
    }
    entries.push({ kind: 'message', message });
  }
  for (const item of activity.slice(next)) entries.push({ kind: 'activity', item });
  return entries;
}
