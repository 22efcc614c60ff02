/** The longest delay before the first retry, in milliseconds. */
export const BACKOFF_BASE_MS = 500;
/** The longest delay before any retry (unless the server requests more): everything works again within ten seconds of a recovery. */
export const BACKOFF_MAX_MS = 8_000;

/**
 * The delay before retry number `attempt` (0 is the first), in milliseconds: exponential backoff with full jitter, so that many clients that failed together
 * do not retry together. Never less than the server requested.
 */
export function backoffMs(attempt: number, random: number, retryAfterSeconds = 0): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt, 16));
  const requested = retryAfterSeconds * 1_000;
  // Jitter above the requested delay, because the server requested it of all clients.
  return requested > 0 ? requested + random * Math.min(ceiling, requested) : random * ceiling;
}
