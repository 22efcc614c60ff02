import { setTimeout as delay } from 'node:timers/promises';

import type { ChatLog } from '@switchboard/chat';

/** The database is asked for figures at most this often, however often they are read. Milliseconds. */
const ASK_EVERY_MS = 10_000;
/** A scrape does not wait longer than this for a database that is away. Milliseconds. */
const PATIENCE_MS = 1_500;

/** Figures from the database for the metrics page, at most ten seconds old; undefined while the database does not answer. */
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
    log.debug({ err: error }, 'the database does not answer a question for the metrics');
    return undefined;
  } finally {
    late.abort();
  }
}
