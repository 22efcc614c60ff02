import { setTimeout as delay } from 'node:timers/promises';

import { explainConnectionFailure, isUnavailable } from '@switchboard/database';

const TRIES = 6;
const PAUSE_MS = 400;

/** Whether an error means that the database at `url` is down or slow, so that a retry may succeed. */
export function isUnavailableAt(error: unknown, url: string): boolean {
  return isUnavailable(error) || explainConnectionFailure(error, url)?.silent === true;
}

/** Runs `work`, and retries when the database did not answer: a database that was just started, or a busy machine, needs longer than the usual timeout. */
export async function retryWhileUnavailable<T>(url: string, work: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left <= 0 || !isUnavailableAt(error, url)) throw error;
      await delay(PAUSE_MS);
    }
  }
}
