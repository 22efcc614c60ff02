import type { Handler } from '@switchboard/jobs';

import type { JobContext } from './context.ts';
import type { JOBS } from './jobs.ts';

/** Closes the folder of uploads to other users of the machine, and removes files that have no row. */
export function tidyUploadsFolder({ uploadSweep }: JobContext): Handler<(typeof JOBS)['tidyUploadsFolder']> {
  return async ({ signal }) => void (await uploadSweep.tidyFolder(signal));
}
