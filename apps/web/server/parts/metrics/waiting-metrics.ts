import { countUnanswered, SYSTEM, type Context } from '@switchboard/chat';
import type { Metrics } from '@switchboard/telemetry';

import { askDatabase } from './ask-database.ts';

/** Metrics of the visitors that wait for an answer, and whether the database answers. While it does not, only the latter is exported. */
export function measureWaiting(metrics: Metrics, chat: Context, askEveryMs?: number): void {
  const unanswered = askDatabase(async () => await countUnanswered(chat, SYSTEM), chat.log, askEveryMs);
  metrics.gauge('unanswered_chats', 'Visitors who wait for an answer, as the view Waiting lists them; 10,000 when there are more', {
    read: async () => (await unanswered())?.count,
  });
  metrics.gauge(
    'unanswered_oldest_seconds',
    'How long the visitor that has waited longest for an answer has done so, 0 when nobody waits',
    {
      read: async () => (await unanswered())?.oldestSeconds,
    },
  );
  metrics.gauge('database_up', 'Whether the database has answered within 1.5 s when it was asked last', {
    read: async () => Number((await unanswered()) !== undefined),
  });
}
