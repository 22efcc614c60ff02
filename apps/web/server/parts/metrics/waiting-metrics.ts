import { setTimeout as delay } from 'node:timers/promises';

import { countUnanswered, type Context, type Unanswered } from '@switchboard/chat';
import type { Metrics } from '@switchboard/telemetry';

/** However often somebody looks, the database is asked no oftener than this. Milliseconds. */
const ASK_EVERY_MS = 10_000;
/** Whoever scrapes does not wait longer than this for a database that is away. Milliseconds. */
const PATIENCE_MS = 1_500;

/** Who waits for an answer, and whether the database can tell. While it can't, nothing is shown of the former. */
export function measureWaiting(metrics: Metrics, chat: Context, askEveryMs = ASK_EVERY_MS): void {
  let asked: Promise<Unanswered | undefined> | undefined;
  let askedAt = 0;
  const unanswered = async () => {
    if (asked === undefined || performance.now() - askedAt >= askEveryMs) {
      askedAt = performance.now();
      asked = ask(chat);
    }
    return await asked;
  };
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

async function ask(chat: Context): Promise<Unanswered | undefined> {
  const late = new AbortController();
  try {
    const tooLate = delay(PATIENCE_MS, undefined, { signal: late.signal, ref: false });
    return await Promise.race([countUnanswered(chat), tooLate]);
  } catch (error) {
    chat.log.debug({ err: error }, 'nobody knows who waits for an answer');
    return undefined;
  } finally {
    late.abort();
  }
}
