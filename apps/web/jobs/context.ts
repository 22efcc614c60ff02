import type { Context } from '@switchboard/chat';

import type { UploadSweep } from '../server/parts/storage/upload-sweep.ts';

/** What job handlers may use. */
export interface JobContext {
  readonly chat: Pick<Context, 'db' | 'log' | 'clock'>;
  readonly uploadSweep: UploadSweep;
}
