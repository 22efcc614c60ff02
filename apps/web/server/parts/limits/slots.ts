import { errorFor } from '@switchboard/protocol';

/** Limits how many expensive tasks run at a time, without a queue. */
export interface Slots {
  /** Runs `work` at once. @throws ChatError `unavailable` when all slots are taken; whatever `work` throws */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createSlots(max: number): Slots {
  let taken = 0;
  return {
    async run(work) {
      if (taken >= max) throw errorFor('overloaded', undefined, { retryAfterSeconds: 2 });
      taken += 1;
      try {
        return await work();
      } finally {
        taken -= 1;
      }
    },
  };
}
