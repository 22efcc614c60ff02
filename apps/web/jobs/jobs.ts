import { defineJobs } from '@switchboard/jobs';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The jobs of the web app. Each has its handler in a file of its name; a missing handler in `handlers.ts` does not compile. */
export const JOBS = defineJobs({
  expirePresence: { everyMs: 10_000 },
  removeUnusedUploads: { everyMs: 30 * MINUTE_MS },
  tidyUploadsFolder: { everyMs: 24 * HOUR_MS, timeoutMs: HOUR_MS },
  removeExpiredSessions: { everyMs: HOUR_MS },
  wakeSnoozedChats: { everyMs: 15 * SECOND_MS },
});
