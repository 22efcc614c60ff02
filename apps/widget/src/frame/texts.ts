import { type Problem, type ProblemKey, problemOf } from '@switchboard/client';
import { type Times, createTimes, formatLocale } from '@switchboard/presentation';
import { bestLocale, type Locale } from '@switchboard/protocol/locales';
import type { VisitorReason } from '@switchboard/protocol/types';

import type english from '../locales/en.json';

type Values = Readonly<Record<string, string | number>>;
type TextKey = keyof typeof english;
/** A text, or its forms by plural category (`one`, `other`, …) of the value `count`. Both may contain placeholders such as `{name}`. */
type Text = string | Readonly<Record<string, string>>;
/** Among them a text for each reason that the frame words. */
type Dictionary = Readonly<Record<TextKey | `problem.${VisitorReason}`, Text>>;

/** The texts of the frame in one language. */
export interface Texts {
  /** The text of a key. A placeholder without a value is unchanged. */
  (key: TextKey, values?: Values): string;
  /** What went wrong, in a sentence. */
  problem(problem: Problem): string;
  /** The same for a thrown error. */
  error(error: unknown): string;
  /** Why a message was not sent. A sentence that an older build has stored is returned unchanged. */
  failure(failure: string): string;
  /** Times in the same language, in the browser's time zone. */
  readonly times: Times;
}

/** One file per language, which browsers cache forever: a visitor loads one language. A missing text does not compile. */
const DICTIONARIES: Readonly<Record<Locale, () => Promise<Dictionary>>> = {
  en: async () => (await import('../locales/en.json')).default,
  de: async () => (await import('../locales/de.json')).default,
};

function createTexts(locale: Locale, dictionary: Dictionary): Texts {
  const plurals = new Intl.PluralRules(locale);
  const format = (key: TextKey, values: Values = {}) => {
    const text = dictionary[key];
    const form = typeof text === 'string' ? text : (text[plurals.select(Number(values.count))] ?? text.other ?? '');
    return form.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
  };
  const numbers = new Intl.NumberFormat(locale);
  const problem = ({ key, reason, params, name, size = 0, limit = 0 }: Problem) =>
    format(`problem.${`problem.${reason}` in dictionary ? (reason as VisitorReason) : key}`, {
      subject: name ?? format(key === 'not_a_picture' ? 'thatFile' : 'thatPicture'),
      size: numbers.format(size),
      limit: numbers.format(limit),
      ...params,
    });
  return Object.assign(format, {
    problem,
    error: (error: unknown) => problem(problemOf(error)),
    failure: (failure: string) => (`problem.${failure}` in dictionary ? problem({ key: failure as ProblemKey }) : failure),
    times: createTimes(formatLocale(locale)),
  });
}

let current: Texts | undefined;

/**
 * Loads the texts in the language that fits `wanted` best, a language tag such as `de-AT`; English if none fits. Call it before the first render: the language
 * of a frame never changes.
 *
 * @throws Error if the texts can't be loaded: the loader then says that the chat can't be loaded
 */
export async function loadTexts(wanted: string | undefined): Promise<Texts> {
  const locale = bestLocale(wanted === undefined ? [] : [wanted]);
  current = createTexts(locale, await DICTIONARIES[locale]());
  return current;
}

/** The texts of this frame. @throws Error before they are loaded */
export function useTexts(): Texts {
  if (current === undefined) throw new Error('The texts are not loaded yet.');
  return current;
}
