'use client';

import { useEffect } from 'react';

const AGAIN_MS = 10_000;

/** When a page can't be shown at all. It is tried again by itself: the usual cause is a database that is about to be back. */
export function FailurePage() {
  useEffect(() => {
    const timer = setTimeout(() => window.location.reload(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="mx-auto flex min-h-dvh max-w-[400px] flex-col px-4 pt-[max(4rem,22dvh)]">
      <h1 className="mb-2 text-20 font-semibold tracking-[-0.01em]">The console can’t be shown right now</h1>
      <output className="mb-6 block text-14 text-ink-soft">
        The server or its database does not answer. Nothing you sent is lost. It is tried again every 10 seconds.
      </output>
      <button
        type="button"
        onClick={() => window.location.reload()}
        className="self-start text-14 font-medium text-accent-ink underline underline-offset-2"
      >
        Try again now
      </button>
    </main>
  );
}
