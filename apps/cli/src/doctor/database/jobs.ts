import type { Database } from '@switchboard/database';
import { countJobs, type JobCounts } from '@switchboard/jobs';

import { fail, ok, type Outcome, warn } from '../outcome.ts';

/** A running web app takes a job within two seconds, but a long job may keep others waiting. */
const LATE_SECONDS = 600;

/** Whether background jobs are being run. */
export async function checkJobs(database: Pick<Database, 'prisma'>): Promise<Outcome> {
  return judgeJobs(await countJobs(database));
}

/** The same for these counts. */
export function judgeJobs({ due, running, dead, oldestDueSeconds }: JobCounts): Outcome {
  if (oldestDueSeconds > LATE_SECONDS)
    return fail(
      `${due} ${due === 1 ? 'is' : 'are'} due, the oldest for ${Math.round(oldestDueSeconds / 60)} minutes`,
      'The web app runs them: check that it is running, and see its log. "npm run switchboard -- jobs" lists them.',
    );
  if (dead > 0)
    return warn(
      `${dead} failed and ${dead === 1 ? 'has' : 'have'} no attempt left`,
      '"npm run switchboard -- jobs" says why. When the cause is fixed: npm run switchboard -- jobs retry --all-dead',
    );
  return ok(`${due} due, ${running} running`);
}
