'use client';

import '../styles/console.css';

import { FailurePage } from '../components/FailurePage.tsx';

/** When even the layout fails. */
export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <FailurePage />
      </body>
    </html>
  );
}
