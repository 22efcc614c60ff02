import { isDiskFull, isReadOnly, isUnavailable, type Database } from '@switchboard/database';
import { errorFor } from '@switchboard/protocol';

/** Whether messages can be saved. Checks it by a write that is rolled back, and reuses the result for some seconds. */
export interface SaveState {
  /** A sentence that says why nothing can be saved; undefined when saving works. Never rejects. */
  trouble(): Promise<string | undefined>;
  /** @throws ChatError `unavailable` when nothing can be saved */
  require(): Promise<void>;
}

/** How long a result is reused. Milliseconds. */
const KEEP_MS = 3_000;
const RETRY_AFTER_S = 5;

export function createSaveState(db: Pick<Database, 'canSave'>, keepMs = KEEP_MS): SaveState {
  let asking: Promise<string | undefined> | undefined;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let answer: string | undefined;

  async function ask(): Promise<string | undefined> {
    answer = await db.canSave().then(() => undefined, inWords);
    answeredAt = performance.now();
    asking = undefined;
    return answer;
  }

  const trouble = async () => {
    if (performance.now() - answeredAt < keepMs) return answer;
    asking ??= ask();
    return await asking;
  };
  return {
    trouble,
    async require() {
      if ((await trouble()) !== undefined) throw errorFor('not_saving', undefined, { retryAfterSeconds: RETRY_AFTER_S });
    },
  };
}

function inWords(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error)) return `The disk of the database is full: ${reason}`;
  if (isReadOnly(error)) return `The database takes no writes: ${reason}`;
  if (isUnavailable(error)) return `The database does not answer: ${reason}`;
  return reason;
}
