import type { Locale } from '@switchboard/protocol/locales';

import de from './de.json';
import en from './en.json';
import deFailure from './failure.de.json';
import enFailure from './failure.en.json';

/** The texts of the failure pages are in separate files, because those pages load nothing else when even the layout has failed. */
const english = { ...en, failure: enFailure };

/** The texts of the console: a tree by feature, in the ICU message format. */
export type Messages = typeof english;

/** They do not compile when a language lacks a text that English has. */
export const MESSAGES: Readonly<Record<Locale, Messages>> = { en: english, de: { ...de, failure: deFailure } };

declare module 'use-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
  }
}
