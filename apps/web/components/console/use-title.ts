import type { OperatorSnapshot } from '@switchboard/client';
import { useEffect } from 'react';

/** The tab says how many messages are unread: `(3) Inbox`. It never blinks. */
export function useTitle({ conversations }: OperatorSnapshot): void {
  let unread = 0;
  for (const conversation of conversations) unread += conversation.unread;
  const title = unread > 0 ? `(${unread}) Inbox` : 'Inbox';
  useEffect(() => {
    document.title = title;
  }, [title]);
}
