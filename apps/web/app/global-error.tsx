'use client';

import '../styles/console.css';

import { FailurePage } from '../components/FailurePage.tsx';
import failure from '../locales/failure.en.json';
import { TextsProvider } from '../locales/TextsProvider.tsx';

/** Shown when even the layout fails. In English, because the layout determines the language. */
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
