import type { Texts } from './texts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago `since` was, in short: `now` (less than a minute), `51 min`, `2 h 5 min`, `4 d 20 h`. `now` in milliseconds. */
export function elapsed(since: string, now: number, t: Texts<'duration'>): string {
  const passed = now - Date.parse(since);
  if (!(passed >= MINUTE_MS)) return t('now');
  const days = Math.floor(passed / DAY_MS);
  const hours = Math.floor((passed % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((passed % HOUR_MS) / MINUTE_MS);
  if (days > 0) return t(hours === 0 ? 'days' : 'daysHours', { days, hours });
  if (hours > 0) return t(minutes === 0 ? 'hours' : 'hoursMinutes', { hours, minutes });
  return t('minutes', { minutes });
}

/** The same within a sentence: `just now`, `51 min ago`. */
export function ago(since: string, now: number, t: Texts<'duration'>): string {
  return now - Date.parse(since) >= MINUTE_MS ? t('ago', { passed: elapsed(since, now, t) }) : t('justNow');
}
