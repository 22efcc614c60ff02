/**
 * Makes the timestamps of messages: ISO-8601 UTC with milliseconds. The timestamps of one node never go backwards, even when its clock is set back, so those
 * of a conversation on this node never do either.
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
