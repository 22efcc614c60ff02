import { setTimeout as delay } from 'node:timers/promises';

import { QuietClock } from '@switchboard/database/testing/quiet-clock';

/**
 * Waits for a condition that has to hold soon, where a slower mechanism (a check every 20 seconds) would make it hold as well.
 *
 * @param ms milliseconds of a quiet machine
 * @throws Error with what it waited for
 */
export async function within(ms: number, what: string, condition: () => Promise<boolean>): Promise<void> {
  const clock = new QuietClock();
  try {
    for (const end = clock.now() + ms; !(await condition()); await delay(50)) {
      if (clock.now() > end) throw new Error(`timed out after ${ms / 1_000} s: ${what}`);
    }
  } finally {
    clock.close();
  }
}
