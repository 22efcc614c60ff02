const DAY_MS = 24 * 60 * 60 * 1000;

/** Formats times in one locale and time zone. */
export interface Times {
  /** `14:05`. */
  clock(iso: string): string;
  /** `14:05` today, `Yesterday`, the weekday in the last week, then `12 Nov`, with the year if it is not the current one. In the language of the locale. */
  short(iso: string, now: Date): string;
  /** The heading of a day: `Today`, `Yesterday`, `Monday, 23 November`. */
  day(iso: string, now: Date): string;
  /** In full, for tooltips and details. */
  full(iso: string): string;
  /** The day, such as `2026-11-23`. */
  dayKey(iso: string | Date): string;
}

/** Creates formatters. `timeZone`: by default the system's. An invalid time is formatted as an empty string. */
export function createTimes(locale: string, timeZone?: string): Times {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, ...(timeZone === undefined ? {} : { timeZone }) });
  // `09:05`, but `9:05 AM`.
  const twelveHours = format({ hour: 'numeric' }).resolvedOptions().hour12 === true;
  const clock = format({ hour: twelveHours ? 'numeric' : '2-digit', minute: '2-digit' });
  const weekday = format({ weekday: 'long' });
  const dayMonth = format({ day: 'numeric', month: 'short' });
  const dayMonthYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const longDay = format({ weekday: 'long', day: 'numeric', month: 'long' });
  const longDayYear = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const full = format({ dateStyle: 'long', timeStyle: 'short' });
  const key = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(timeZone === undefined ? {} : { timeZone }),
  });

  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  /** `Today` or `Yesterday`, capitalized. */
  const nearDay = (daysAgo: 0 | 1) => {
    const [first = '', ...rest] = relative.format(-daysAgo, 'day');
    return first.toLocaleUpperCase(locale) + rest.join('');
  };

  const dayKey = (value: string | Date) => {
    const date = new Date(value);
    return Number.isNaN(date.getTime()) ? '' : key.format(date);
  };
  /** The number of calendar days between, which daylight saving time does not affect. */
  const daysAgo = (iso: string, now: Date) => (Date.parse(dayKey(now)) - Date.parse(dayKey(iso))) / DAY_MS;
  const sameYear = (iso: string, now: Date) => dayKey(iso).slice(0, 4) === dayKey(now).slice(0, 4);
  const formatted = (iso: string, text: (date: Date) => string) => (dayKey(iso) === '' ? '' : text(new Date(iso)));

  return {
    dayKey,
    clock: (iso) => formatted(iso, (date) => clock.format(date)),
    full: (iso) => formatted(iso, (date) => full.format(date)),
    short: (iso, now) =>
      formatted(iso, (date) => {
        const ago = daysAgo(iso, now);
        if (ago <= 0) return clock.format(date);
        if (ago === 1) return nearDay(1);
        if (ago < 7) return weekday.format(date);
        return (sameYear(iso, now) ? dayMonth : dayMonthYear).format(date);
      }),
    day: (iso, now) =>
      formatted(iso, (date) => {
        const ago = daysAgo(iso, now);
        if (ago <= 0) return nearDay(0);
        if (ago === 1) return nearDay(1);
        return (sameYear(iso, now) ? longDay : longDayYear).format(date);
      }),
  };
}

/**
 * The locale for times, dates and numbers in texts of a language: the browser's own locale if it has that language, otherwise the language with the 12- or
 * 24-hour clock of the browser's locale.
 *
 * @param language of the texts: `en`, `de`
 * @param own the browser's locale
 */
export function formatLocale(language: string, own: string = new Intl.DateTimeFormat().resolvedOptions().locale): string {
  if (own.toLowerCase().split('-', 1)[0] === language) return own;
  const { hour12 } = new Intl.DateTimeFormat(own, { hour: 'numeric' }).resolvedOptions();
  // British English puts the day before the month, as in most of the world.
  return `${language === 'en' ? 'en-GB' : language}-u-hc-${hour12 === true ? 'h12' : 'h23'}`;
}
