import { countPresence, SYSTEM, type Context } from '@switchboard/chat';
import type { CounterMetric, Metrics } from '@switchboard/telemetry';

import { askDatabase } from './ask-database.ts';

/** Metrics of the operators who are there. @returns the counter of those whose console has ended without leaving */
export function measurePresence(metrics: Metrics, chat: Context): CounterMetric {
  const presence = askDatabase(async () => await countPresence(chat, SYSTEM), chat.log);
  metrics.gauge('operators_online', 'Operators with an open console', { read: async () => (await presence())?.online });
  metrics.gauge('operators_available', 'Operators with an open console who have not switched off that they are available', {
    read: async () => (await presence())?.available,
  });
  return metrics.counter('operators_lost_total', 'Operators who were set offline because their console had sent no heartbeat for a minute');
}
