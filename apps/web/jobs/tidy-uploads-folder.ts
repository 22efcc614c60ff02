import type { Handler } from '@switchboard/jobs';

import type { JobContext } from './context.ts';
import type { JOBS } from './jobs.ts';

/** Makes the folder of uploads inaccessible to other users of the machine, and removes files without a row. */
export function tidyUploadsFolder({ uploadSweep }: JobContext): Handler<(typeof JOBS)['tidyUploadsFolder']> {
  return async ({ signal }) => void (await uploadSweep.tidyFolder(signal));
}
