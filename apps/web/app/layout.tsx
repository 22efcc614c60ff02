import '@fontsource-variable/inter/wght.css';
import '../styles/console.css';

import { directionOf } from '@switchboard/protocol/locales';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';

import { MESSAGES } from '../locales/messages.ts';
import { TextsProvider } from '../locales/TextsProvider.tsx';
import { requestLocale } from '../server/requests/locale.ts';
import { services } from '../server/services/services.ts';

/** No title: each page has its own, and the console's changes. */
export function generateMetadata(): Metadata {
  return { applicationName: services().settings.value('installation.name'), robots: { index: false, follow: false } };
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  interactiveWidget: 'resizes-content',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f9fa' },
    { media: '(prefers-color-scheme: dark)', color: '#0f1214' },
  ],
};

export default async function Layout({ children }: { readonly children: ReactNode }) {
  const locale = await requestLocale();
  return (
    <html lang={locale} dir={directionOf(locale)}>
      <body>
        <TextsProvider locale={locale} messages={MESSAGES[locale]}>
          {children}
        </TextsProvider>
      </body>
    </html>
  );
}
