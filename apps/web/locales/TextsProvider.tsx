'use client';

import type { Locale } from '@switchboard/protocol/locales';
import type { ReactNode } from 'react';
import { IntlProvider } from 'use-intl';

import type { Messages } from './messages.ts';

interface ProviderProps {
  readonly locale: Locale;
  /** The texts of that language that the components inside use. */
  readonly messages: Partial<Messages>;
  readonly children: ReactNode;
}

/** The library logs an error on the server without one. No text formats a time with it: times have functions of their own (`hooks/use-times.ts`). */
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

/** Gives `useTranslations` its texts. They come with the document: a browser loads one language. */
export function TextsProvider({ locale, messages, children }: ProviderProps) {
  return (
    <IntlProvider locale={locale} messages={messages} timeZone={timeZone}>
      {children}
    </IntlProvider>
  );
}
