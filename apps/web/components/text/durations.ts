const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago `since` was, as a row has room for it: `now` (less than a minute), `51 min`, `2 h 5 min`, `4 d 20 h`. `now` in milliseconds. */
export function elapsed(since: string, now: number): string {
  const passed = now - Date.parse(since);
  if (!(passed >= MINUTE_MS)) return 'now';
  const days = Math.floor(passed / DAY_MS);
  const hours = Math.floor((passed % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((passed % HOUR_MS) / MINUTE_MS);
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  return `${minutes} min`;
}

/** The same within a sentence: `just now`, `51 min ago`. */
export function ago(since: string, now: number): string {
  const passed = elapsed(since, now);
  return passed === 'now' ? 'just now' : `${passed} ago`;
}
