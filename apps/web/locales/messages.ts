import type { Locale } from '@switchboard/protocol/locales';

import de from './de.json';
import en from './en.json';
import deFailure from './failure.de.json';
import enFailure from './failure.en.json';

/** The failure pages have their texts in separate files, because they load nothing else when even the layout has failed. */
const english = { ...en, failure: enFailure };

/** The texts of the console: a tree by feature, in the ICU message format. */
export type Messages = typeof english;

/** A language that lacks a text of the English file does not compile. */
export const MESSAGES: Readonly<Record<Locale, Messages>> = { en: english, de: { ...de, failure: deFailure } };

declare module 'use-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
  }
}
