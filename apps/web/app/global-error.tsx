'use client';

import '../styles/console.css';

import { FailurePage } from '../components/FailurePage.tsx';
import failure from '../locales/failure.en.json';
import { TextsProvider } from '../locales/TextsProvider.tsx';

/** When even the layout fails, and with it what knows the language: in English. */
export default function GlobalError({ error }: { readonly error: Error & { readonly digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>{'Switchboard'}</title>
        <TextsProvider locale="en" messages={{ failure }}>
          <FailurePage error={error} />
        </TextsProvider>
      </body>
    </html>
  );
}
