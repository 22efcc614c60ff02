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

/** Gives `useTranslations` its texts. They come with the document: a browser loads one language. */
export function TextsProvider({ locale, messages, children }: ProviderProps) {
  return (
    <IntlProvider locale={locale} messages={messages}>
      {children}
    </IntlProvider>
  );
}
