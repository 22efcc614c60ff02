import { useState } from 'react';
import { useTranslations } from 'use-intl';

import { forgetDrafts } from '../hooks/drafts.ts';
import { signOut, SignInError } from './sign-in.ts';

/** @throws SignInError */
async function signOutForGood(operatorId: number): Promise<void> {
  await signOut(operatorId);
  forgetDrafts(operatorId);
  window.location.assign('/sign-in');
}

/** Signs this operator out, deletes their drafts and navigates to the sign-in page; `problem` says why it failed, `leaving` that it is under way. */
export function useSignOut(operatorId: number): {
  readonly problem: string | null;
  readonly leaving: boolean;
  readonly leave: () => void;
} {
  const t = useTranslations('signInProblem');
  const [problem, setProblem] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const leave = () => {
    setProblem(null);
    setLeaving(true);
    signOutForGood(operatorId).catch((error: unknown) => {
      setLeaving(false);
      setProblem(t(error instanceof SignInError ? error.code : 'signOutFailed'));
    });
  };
  return { problem, leaving, leave };
}
