import { type TimelineMessage, messageId } from '@switchboard/client';

/** Consecutive messages of one sender within this time form a group. */
const GROUP_MS = 5 * 60 * 1000;

/** ARIA roles of the log's content: screen readers get one list. Its items are nested in visual groups, so they can't be `ul` and `li` elements. */
export const LIST = { role: 'list' } as const;
export const LIST_ITEM = { role: 'listitem' } as const;

export interface MessageGroup {
  readonly kind: 'group';
  /** `messageId` of its first message. */
  readonly key: string;
  readonly senderType: TimelineMessage['senderType'];
  readonly own: boolean;
  readonly operatorName: string | null;
  readonly messages: readonly TimelineMessage[];
}

/** An item of the log; the log shows them from old to new. */
export type LogItem =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'new'; readonly key: string }
  | MessageGroup;

interface OpenGroup {
  readonly first: TimelineMessage;
  readonly messages: TimelineMessage[];
}

function belongTogether(last: TimelineMessage, next: TimelineMessage): boolean {
  return (
    last.senderType === next.senderType &&
    last.own === next.own &&
    last.operatorId === next.operatorId &&
    last.operatorName === next.operatorName &&
    Math.abs(Date.parse(next.createdAt) - Date.parse(last.createdAt)) <= GROUP_MS
  );
}

/**
 * Groups messages (oldest first) by sender, with a divider before each new day and before the message `firstUnreadKey`. `dayKey` returns the day of a time.
 */
export function arrangeMessages(
  messages: readonly TimelineMessage[],
  firstUnreadKey: string | null,
  dayKey: (iso: string) => string,
): readonly LogItem[] {
  const items: LogItem[] = [];
  let open: OpenGroup | undefined;
  let day: string | undefined;
  let divided = false;
  const close = () => {
    if (open === undefined) return;
    const { senderType, own, operatorName } = open.first;
    items.push({ kind: 'group', key: messageId(open.first), senderType, own, operatorName, messages: open.messages });
    open = undefined;
  };
  for (const message of messages) {
    const messageDay = dayKey(message.createdAt);
    if (messageDay !== day) {
      close();
      items.push({ kind: 'day', key: `day ${messageId(message)}`, at: message.createdAt });
      day = messageDay;
    }
    if (!divided && message.key === firstUnreadKey && !message.own) {
      divided = true;
      close();
      items.push({ kind: 'new', key: 'new' });
    }
    const last = open?.messages.at(-1);
    if (open !== undefined && last !== undefined && belongTogether(last, message)) open.messages.push(message);
    else {
      close();
      open = { first: message, messages: [message] };
    }
  }
  close();
  return items;
}

/** Whether two groups have the same messages in the same order. Messages are immutable, so comparing identities is enough. */
export function sameGroup(one: MessageGroup, other: MessageGroup): boolean {
  return (
    one === other ||
    (one.messages.length === other.messages.length && one.messages.every((message, index) => message === other.messages[index]))
  );
}

/** Key of the newest own message, the one that shows its status. */
export function lastOwnKey(messages: readonly TimelineMessage[]): string | null {
  return messages.findLast((message) => message.own)?.key ?? null;
}
