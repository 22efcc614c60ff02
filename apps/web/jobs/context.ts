import type { Context } from '@switchboard/chat';

import type { AfterCommit } from '../server/parts/relay/after-commit.ts';
import type { UploadSweep } from '../server/parts/storage/upload-sweep.ts';

/** What job handlers may use. */
export interface JobContext {
  readonly chat: Context;
  /** Carries out the effects of a verb's answer. */
  readonly afterCommit: AfterCommit;
  readonly uploadSweep: UploadSweep;
}
