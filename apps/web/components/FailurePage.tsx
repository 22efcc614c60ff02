'use client';

import { useEffect, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';

const AGAIN_MS = 10_000;
/** A page that fails again this soon after a reload is not reloaded automatically. */
const SOON_MS = 300_000;
const LAST_FAULT = 'switchboard.page-fault';

interface FailureProps {
  /** An error of this browser or the server. The server's has a digest, by which its log entry is found. */
  readonly error: Error & { readonly digest?: string };
}

/** Shown when a page fails. Says whether the page or the server is at fault, and reloads the page if that may help. */
export function FailurePage({ error }: FailureProps) {
  return error.digest === undefined ? <PageFault /> : <ServerFault />;
}

/** The usual cause is a database that will soon be back. The page is reloaded only when the server answers, because a browser's error page does not retry. */
function ServerFault() {
  const t = useTranslations('failure');
  useEffect(() => {
    const timer = setInterval(() => void reloadIfAnswered(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Failure title={t('serverTitle')} action={t('serverRetry')}>
      <span>{t('serverText')}</span>
    </Failure>
  );
}

async function reloadIfAnswered(): Promise<void> {
  try {
    const answer = await fetch(window.location.href, { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(AGAIN_MS) });
    if (answer.ok) window.location.reload();
  } catch {
    // Not yet.
  }
}

/** The server works. The page is reloaded once, so that an unattended console recovers; afterwards only the operator reloads it. */
function PageFault() {
  const t = useTranslations('failure');
  const [again] = useState(failedLately);
  useEffect(() => {
    noteFault();
    const timer = again ? undefined : setTimeout(() => window.location.reload(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [again]);
  return (
    <Failure title={t('pageTitle')} action={t('pageRetry')}>
      <span className="block">{t('pageText')}</span>
      <span className="mt-2 block">{t(again ? 'pageAgain' : 'pageReloads')}</span>
    </Failure>
  );
}

/** Whether the page failed a short time ago, too. */
function failedLately(): boolean {
  try {
    return Date.now() - Number(sessionStorage.getItem(LAST_FAULT) ?? 0) < SOON_MS;
  } catch {
    // Unknown without storage: too few reloads are better than a loop.
    return true;
  }
}

function noteFault(): void {
  try {
    sessionStorage.setItem(LAST_FAULT, String(Date.now()));
  } catch {
    // Then every failure counts as a repeated one.
  }
}

interface Words {
  readonly title: string;
  readonly action: string;
  readonly children: ReactNode;
}

function Failure({ title, action, children }: Words) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-[400px] flex-col px-4 pt-[max(4rem,22dvh)]">
      <h1 className="mb-2 text-20 font-semibold tracking-[-0.01em]">{title}</h1>
      <output className="mb-6 block text-14 text-ink-soft">{children}</output>
      <button
        type="button"
        onClick={() => window.location.reload()}
        className="self-start text-14 font-medium text-accent-ink underline underline-offset-2"
      >
        {action}
      </button>
    </main>
  );
}
