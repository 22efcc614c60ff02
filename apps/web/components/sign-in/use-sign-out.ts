import { useState } from 'react';

import { signOut, SignInError } from './sign-in.ts';

/** Signs out and leads to the sign-in page; `problem` says why it did not work. */
export function useSignOut(): { readonly problem: string | null; readonly leave: () => void } {
  const [problem, setProblem] = useState<string | null>(null);
  const leave = () => {
    setProblem(null);
    signOut().then(
      () => window.location.assign('/sign-in'),
      (error: unknown) => setProblem(error instanceof SignInError ? error.message : 'Signing out did not work. Try it again.'),
    );
  };
  return { problem, leave };
}
