import { setTimeout as delay } from 'node:timers/promises';

import type { ChatLog } from '@switchboard/chat';

/** Least time between two queries for metrics, however often they are scraped. Milliseconds. */
const ASK_EVERY_MS = 10_000;
/** Longest time that a scrape waits for the database. Milliseconds. */
const PATIENCE_MS = 1_500;

/** Metrics from the database, at most ten seconds old; undefined while the database does not answer. */
export function askDatabase<T>(
  ask: () => Promise<T>,
  log: Pick<ChatLog, 'debug'>,
  askEveryMs = ASK_EVERY_MS,
): () => Promise<T | undefined> {
  let asked: Promise<T | undefined> | undefined;
  let askedAt = 0;
  return async () => {
    if (asked === undefined || performance.now() - askedAt >= askEveryMs) {
      askedAt = performance.now();
      asked = askInTime(ask, log);
    }
    return await asked;
  };
}

async function askInTime<T>(ask: () => Promise<T>, log: Pick<ChatLog, 'debug'>): Promise<T | undefined> {
  const late = new AbortController();
  try {
    const tooLate = delay(PATIENCE_MS, undefined, { signal: late.signal, ref: false });
    return await Promise.race([ask(), tooLate]);
  } catch (error) {
    log.debug({ err: error }, 'the database does not answer a query for metrics');
    return undefined;
  } finally {
    late.abort();
  }
}
