import type { Handlers } from '@switchboard/jobs';

import type { JobContext } from './context.ts';
import type { JOBS } from './jobs.ts';
import { expirePresence } from './expire-presence.ts';
import { removeExpiredSessions } from './remove-expired-sessions.ts';
import { removeUnusedUploads } from './remove-unused-uploads.ts';
import { tidyUploadsFolder } from './tidy-uploads-folder.ts';
import { wakeSnoozedChats } from './wake-snoozed-chats.ts';

/** A handler for each job. */
export function createHandlers(context: JobContext): Handlers<typeof JOBS> {
  return {
    expirePresence: expirePresence(context),
    removeUnusedUploads: removeUnusedUploads(context),
    tidyUploadsFolder: tidyUploadsFolder(context),
    removeExpiredSessions: removeExpiredSessions(context),
    wakeSnoozedChats: wakeSnoozedChats(context),
  };
}
