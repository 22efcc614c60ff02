/**
 * A stamp for messages: ISO-8601 UTC with milliseconds. Stamps of one node never go backwards, even when the clock is set back, so neither do those of
 * any conversation on it.
 *
 * @param now milliseconds since 1970
 */
export function createStamp(now: () => number = Date.now): () => string {
  let last = 0;
  return () => {
    last = Math.max(last, now());
    return new Date(last).toISOString();
  };
}
