/** The languages of the console and the widget: code (also the name of the file with their texts) → native name. */
export const LOCALES = { en: 'English', de: 'Deutsch' } as const;

export type Locale = keyof typeof LOCALES;

/** The language for people who read none of the others. */
export const DEFAULT_LOCALE: Locale = 'en';

/** Whether there are texts in this language. */
function isLocale(code: string): code is Locale {
  return Object.hasOwn(LOCALES, code);
}

/** The first wanted language that is supported, regardless of region (`de-AT` is `de`); English when there is none. */
export function bestLocale(wanted: readonly string[]): Locale {
  return wanted.map((tag) => tag.toLowerCase().split(/[-_]/, 1)[0] ?? '').find(isLocale) ?? DEFAULT_LOCALE;
}

const RIGHT_TO_LEFT = /^(?:ar|ckb|dv|fa|he|iw|ks|nqo|ps|sd|syr|ug|ur|yi)\b(?!.*-latn)|-(?:arab|hebr)\b/i;

/** The writing direction of a language, by its tag (`ar`, `pt-BR`). */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.test(locale) ? 'rtl' : 'ltr';
}
