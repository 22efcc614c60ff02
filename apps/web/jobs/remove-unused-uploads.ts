import type { Handler } from '@switchboard/jobs';

import type { JobContext } from './context.ts';
import type { JOBS } from './jobs.ts';

/** Removes the images that no message has named for a day: rows and files. */
export function removeUnusedUploads({ chat, uploadSweep }: JobContext): Handler<(typeof JOBS)['removeUnusedUploads']> {
  return async ({ signal }) => {
    const removed = await uploadSweep.removeUnused(signal);
    if (removed > 0) chat.log.info({ removed }, 'removed images that no message has named for a day');
  };
}
