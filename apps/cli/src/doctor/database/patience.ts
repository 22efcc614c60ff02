import { setTimeout as delay } from 'node:timers/promises';

import { explainConnectionFailure, isUnavailable } from '@switchboard/database';

const TRIES = 6;
const PAUSE_MS = 400;

/** Whether an error says that the database at `url` is away or slow, so that the same may succeed a moment later. */
export function isAway(error: unknown, url: string): boolean {
  return isUnavailable(error) || explainConnectionFailure(error, url)?.silent === true;
}

/** Does `work`, and again when the database did not answer: one that has just been started, or on a busy machine, needs longer than a request may wait. */
export async function patiently<T>(url: string, work: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left <= 0 || !isAway(error, url)) throw error;
      await delay(PAUSE_MS);
    }
  }
}
