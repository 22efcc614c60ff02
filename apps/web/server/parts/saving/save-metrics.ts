import { createMessageSaver, type Context, type MessageSaver } from '@switchboard/chat';
import { ERRORS } from '@switchboard/protocol';
import type { Metrics } from '@switchboard/telemetry';

import { asChatError } from '../http/present-error.ts';

/** The saver of this process, with its metrics. */
export function createMeasuredSaver(chat: Context, metrics: Metrics): MessageSaver {
  const requests = metrics.counter(
    'save_requests_total',
    'Requests to save messages, by outcome: ok or the code of an error',
    ['outcome'],
    ['ok', ...Object.keys(ERRORS)],
  );
  const saved = metrics.counter('messages_saved_total', 'Messages committed, by who asked', ['by'], ['visitor', 'operator']);
  const duplicates = metrics.counter('save_duplicates_total', 'Messages asked to be saved that were saved already');
  const refused = metrics.counter('save_refused_total', 'Requests to save that were refused because too much was waiting already');
  const time = metrics.histogram('save_seconds', 'Time from a request to save, good or refused, until it can be answered', {
    buckets: [0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  });
  const group = metrics.histogram('save_group_messages', 'Messages written in one transaction', {
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
  });
  const saver = createMessageSaver(chat, { onGroup: (messages) => group.observe(messages), onRefused: () => refused.add() });
  metrics.gauge('save_queue_messages', 'Messages waiting to be committed, or being so', { read: () => saver.state().queued });
  return {
    ...saver,
    async save(actor, messages) {
      const began = performance.now();
      try {
        const result = await saver.save(actor, messages);
        const repeated = result.messages.filter(({ duplicate }) => duplicate).length;
        requests.add(1, { outcome: 'ok' });
        saved.add(result.messages.length - repeated, { by: actor.kind === 'operator' ? 'operator' : 'visitor' });
        duplicates.add(repeated);
        return result;
      } catch (error) {
        requests.add(1, { outcome: asChatError(error).error.code });
        throw error;
      } finally {
        time.observe((performance.now() - began) / 1_000);
      }
    },
  };
}
