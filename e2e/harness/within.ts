import { setTimeout as delay } from 'node:timers/promises';

import { QuietClock } from '@switchboard/database/testing/quiet-clock';

/**
 * Waits until `condition` holds, where it has to hold soon: something slower (a check every 20 seconds) would bring it about, too.
 *
 * @param ms milliseconds of a quiet machine
 * @throws Error that says what was waited for
 */
export async function within(ms: number, what: string, condition: () => Promise<boolean>): Promise<void> {
  const clock = new QuietClock();
  try {
    for (const end = clock.now() + ms; !(await condition()); await delay(50)) {
      if (clock.now() > end) throw new Error(`waited ${ms / 1_000} s in vain: ${what}`);
    }
  } finally {
    clock.close();
  }
}
