'use client';

import { useTranslations } from 'use-intl';

import { SignInForm } from './SignInForm.tsx';

interface SignInPageProps {
  /** The name of the installation. */
  readonly installation: string;
  /** The path of this system to go to afterwards. */
  readonly next: string;
}

/** Signs in and navigates to `next`. */
export function SignInPage({ installation, next }: SignInPageProps) {
  const t = useTranslations('signIn');
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[max(4rem,22dvh)]">
      <div className="w-full max-w-[320px]">
        <h1 className="mb-6 text-20 font-semibold tracking-[-0.01em]">{t('title', { installation })}</h1>
        <SignInForm onSignedIn={() => window.location.assign(next)} />
        <p className="mt-6 text-12 text-ink-faint">{t('noAccount')}</p>
      </div>
    </main>
  );
}
