import { removeExpiredSessions as removeBatch, SYSTEM } from '@switchboard/chat';
import type { Handler } from '@switchboard/jobs';

import type { JobContext } from './context.ts';
import type { JOBS } from './jobs.ts';

/** Removes expired sessions and sign-in links of operators. */
export function removeExpiredSessions({ chat }: JobContext): Handler<(typeof JOBS)['removeExpiredSessions']> {
  return async ({ signal }) => {
    while (await removeBatch(chat, SYSTEM)) signal.throwIfAborted();
  };
}
