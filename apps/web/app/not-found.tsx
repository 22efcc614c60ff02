import { connection } from 'next/server';

import { serverTexts } from '../server/requests/locale.ts';

/** Rendered for every request, because the content security policy has a new nonce each time. */
export default async function NotFound() {
  await connection();
  const t = await serverTexts('notFound');
  return (
    <main className="mx-auto flex min-h-dvh max-w-[400px] flex-col px-4 pt-[max(4rem,22dvh)]">
      <title>{t('pageTitle')}</title>
      <h1 className="mb-2 text-20 font-semibold tracking-[-0.01em]">{t('title')}</h1>
      <p className="mb-6 text-14 text-ink-soft">{t('text')}</p>
      <a href="/" className="self-start text-14 font-medium text-accent-ink underline underline-offset-2">
        {t('inbox')}
      </a>
    </main>
  );
}
