const WINDOW_MS = 10_000;
/** Refused events within ten seconds that end a connection. */
export const MAX_REFUSALS = 20;

/** Counts the refused events of one socket. Twenty in ten seconds are an attack or a defect, and both should stop. */
export function createRefusals(maximum: number, clock: () => number = () => performance.now()): { tooMany(): boolean } {
  let start = -Infinity;
  let count = 0;
  return {
    /** Counts one more refusal; true when the connection has to end. */
    tooMany() {
      const now = clock();
      if (now - start > WINDOW_MS) {
        start = now;
        count = 0;
      }
      count += 1;
      return count >= maximum;
    },
  };
}
