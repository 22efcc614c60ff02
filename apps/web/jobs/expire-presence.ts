import { expirePresence as expire, SYSTEM } from '@switchboard/chat';
import type { Handler } from '@switchboard/jobs';

import type { JobContext } from './context.ts';
import type { JOBS } from './jobs.ts';

/** Sets operators offline whose consoles no longer send heartbeats. */
export function expirePresence({ chat, lostOperators }: JobContext): Handler<(typeof JOBS)['expirePresence']> {
  return async () => lostOperators.add(await expire(chat, SYSTEM));
}
