import type { Texts } from './texts.ts';

/** Which browser a `User-Agent` stands for, as `[mark, name]`; the first that fits counts, since each names the ones before it, too. */
const BROWSERS: readonly (readonly [string, string])[] = [
  ['Edg/', 'Edge'],
  ['EdgA/', 'Edge'],
  ['EdgiOS/', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['FxiOS/', 'Firefox'],
  ['Firefox/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Version/', 'Safari'],
];
const SYSTEMS: readonly (readonly [string, string])[] = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['CrOS', 'ChromeOS'],
  ['Mac OS X', 'Mac'],
  ['Linux', 'Linux'],
];

/** The browser and the system that a `User-Agent` names, `Firefox 144 on Windows`; undefined when it names neither. It is what the browser says. */
export function browserOf(userAgent: string, t: Texts<'details'>): string | undefined {
  const browser = BROWSERS.find(([mark]) => userAgent.includes(mark));
  const system = SYSTEMS.find(([mark]) => userAgent.includes(mark))?.[1];
  if (browser === undefined) return system;
  const version = /^\d{1,4}/.exec(userAgent.slice(userAgent.indexOf(browser[0]) + browser[0].length))?.[0];
  const name = version === undefined ? browser[1] : `${browser[1]} ${version}`;
  return system === undefined ? name : t('browserOn', { browser: name, system });
}

/** The name of a language in the language `inLocale`: `de-AT` → `Austrian German`. Undefined when `locale` names none. */
export function languageOf(locale: string, inLocale: string): string | undefined {
  try {
    return new Intl.DisplayNames(inLocale, { type: 'language', fallback: 'none' }).of(locale);
  } catch {
    return undefined; // Not a locale at all.
  }
}
