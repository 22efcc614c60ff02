const FIRST_MS = 5_000;
const LONGEST_MS = 60 * 60_000;

/**
 * How long to wait after the `attempt`-th run has failed, in milliseconds: about 5 s, 10 s, 20 s … up to an hour. Each is between half and one and a half times
 * that, so that jobs that failed together do not come back together.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS) * (0.5 + random());
}
