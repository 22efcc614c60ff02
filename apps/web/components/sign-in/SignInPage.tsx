'use client';

import { SignInForm } from './SignInForm.tsx';

/** Signs in and goes on to `next`, a path of ours. */
export function SignInPage({ next }: { readonly next: string }) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[max(4rem,22dvh)]">
      <div className="w-full max-w-[320px]">
        <h1 className="mb-6 text-20 font-semibold tracking-[-0.01em]">Sign in to Switchboard</h1>
        <SignInForm onSignedIn={() => window.location.assign(next)} />
        <p className="mt-6 text-12 text-ink-faint">No account, or a forgotten password? Ask whoever runs this installation.</p>
      </div>
    </main>
  );
}
