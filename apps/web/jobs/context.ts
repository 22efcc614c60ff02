import type { Context } from '@switchboard/chat';
import type { CounterMetric } from '@switchboard/telemetry';

import type { AfterCommit } from '../server/parts/relay/after-commit.ts';
import type { UploadSweep } from '../server/parts/storage/upload-sweep.ts';

/** What job handlers may use. */
export interface JobContext {
  readonly chat: Context;
  /** Carries out the effects of a verb's answer. */
  readonly afterCommit: AfterCommit;
  /** Operators who were set offline because their consoles had ended without leaving. */
  readonly lostOperators: CounterMetric;
  readonly uploadSweep: UploadSweep;
}
