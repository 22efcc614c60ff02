import { errorFor } from '@switchboard/protocol';

/** So many pieces of costly work at a time, and no queue that only grows. */
export interface Slots {
  /** Does the work at once. @throws ChatError `unavailable` when all slots are taken; whatever `work` throws */
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
