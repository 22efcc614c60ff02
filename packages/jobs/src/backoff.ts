const FIRST_MS = 5_000;
const LONGEST_MS = 60 * 60_000;

/**
 * The wait after the `attempt`-th failed run, in milliseconds: about 5 s, 10 s, 20 s … up to an hour. A jitter of half in both directions keeps jobs that
 * failed together from being retried together.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS) * (0.5 + random());
}
