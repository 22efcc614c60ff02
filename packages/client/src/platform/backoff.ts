/** Milliseconds: the first retry comes within this … */
export const BACKOFF_BASE_MS = 500;
/** … and none waits longer than this (unless the server asks for more): ten seconds after the trouble is over everything is as it should be. */
export const BACKOFF_MAX_MS = 8_000;

/**
 * How long to wait before retry number `attempt` (0 is the first): anywhere from nothing to the doubled base ("full jitter"), so that many
 * clients which failed together do not come back together. Never less than what the server asked for.
 */
export function backoffMs(attempt: number, random: number, retryAfterSeconds = 0): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt, 16));
  const asked = retryAfterSeconds * 1_000;
  // Spread above what was asked for, too: it was asked of everybody.
  return asked > 0 ? asked + random * Math.min(ceiling, asked) : random * ceiling;
}
