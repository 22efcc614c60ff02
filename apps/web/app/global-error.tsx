'use client';

import '../styles/console.css';

import { FailurePage } from '../components/FailurePage.tsx';

/** When even the layout fails. */
export default function GlobalError({ error }: { readonly error: Error & { readonly digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>Switchboard</title>
        <FailurePage error={error} />
      </body>
    </html>
  );
}
