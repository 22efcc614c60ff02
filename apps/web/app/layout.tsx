import '@fontsource-variable/inter/wght.css';
import '../styles/console.css';

import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';

/** No title: each page has its own, and the console's changes. */
export const metadata: Metadata = { applicationName: 'Switchboard', robots: { index: false, follow: false } };

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

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
