import { type Times, createTimes, formatLocale } from '@switchboard/presentation';
import { useLocale } from 'use-intl';

const known = new Map<string, Times>();

/** Formats times in the language of the console, with the conventions of the browser's region, in the browser's time zone. */
export function useTimes(): Times {
  const locale = useLocale();
  const times = known.get(locale) ?? createTimes(formatLocale(locale));
  known.set(locale, times);
  return times;
}
