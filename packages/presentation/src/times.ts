const DAY_MS = 24 * 60 * 60 * 1000;

/** Says times as a person would, in one locale and time zone. */
export interface Times {
  /** `14:05`. */
  clock(iso: string): string;
  /** `14:05` today, `Yesterday`, the weekday in the last week, then `12 Nov`, with the year when it is another one. In the words of the locale. */
  short(iso: string, now: Date): string;
  /** The heading of a day: `Today`, `Yesterday`, `Monday, 23 November`. */
  day(iso: string, now: Date): string;
  /** In full, for tooltips and details. */
  full(iso: string): string;
  /** Which day it was, the same text for the same day: `2026-11-23`. */
  dayKey(iso: string | Date): string;
}

/** `timeZone` undefined: the system's. A time that can't be read is shown as nothing. */
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
  /** `Today` or `Yesterday`, as a heading begins. */
  const nearDay = (daysAgo: 0 | 1) => {
    const [first = '', ...rest] = relative.format(-daysAgo, 'day');
    return first.toLocaleUpperCase(locale) + rest.join('');
  };

  const dayKey = (value: string | Date) => {
    const date = new Date(value);
    return Number.isNaN(date.getTime()) ? '' : key.format(date);
  };
  /** Whole calendar days between, so that a change of the clocks does not count. */
  const daysAgo = (iso: string, now: Date) => (Date.parse(dayKey(now)) - Date.parse(dayKey(iso))) / DAY_MS;
  const sameYear = (iso: string, now: Date) => dayKey(iso).slice(0, 4) === dayKey(now).slice(0, 4);
  const say = (iso: string, text: (date: Date) => string) => (dayKey(iso) === '' ? '' : text(new Date(iso)));

  return {
    dayKey,
    clock: (iso) => say(iso, (date) => clock.format(date)),
    full: (iso) => say(iso, (date) => full.format(date)),
    short: (iso, now) =>
      say(iso, (date) => {
        const ago = daysAgo(iso, now);
        if (ago <= 0) return clock.format(date);
        if (ago === 1) return nearDay(1);
        if (ago < 7) return weekday.format(date);
        return (sameYear(iso, now) ? dayMonth : dayMonthYear).format(date);
      }),
    day: (iso, now) =>
      say(iso, (date) => {
        const ago = daysAgo(iso, now);
        if (ago <= 0) return nearDay(0);
        if (ago === 1) return nearDay(1);
        return (sameYear(iso, now) ? longDay : longDayYear).format(date);
      }),
  };
}

/**
 * The locale of times, dates and numbers beside texts of a language: the browser's own where it is of that language, with its region's habits; else the
 * language with the clock that the browser's locale has.
 *
 * @param language of the texts: `en`, `de`
 * @param own the browser's locale
 */
export function formatLocale(language: string, own: string = new Intl.DateTimeFormat().resolvedOptions().locale): string {
  if (own.toLowerCase().split('-', 1)[0] === language) return own;
  const { hour12 } = new Intl.DateTimeFormat(own, { hour: 'numeric' }).resolvedOptions();
  // Day before month, as nearly everywhere.
  return `${language === 'en' ? 'en-GB' : language}-u-hc-${hour12 === true ? 'h12' : 'h23'}`;
}
