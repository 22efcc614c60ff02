'use client';

import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';

import { FormProblem } from '../sign-in/FormProblem.tsx';
import { checkLink, type Invitation } from './join.ts';
import { JoinForm } from './JoinForm.tsx';
import { useFailureText } from './use-failure-text.ts';

interface Link {
  readonly token: string;
  readonly invitation: Invitation;
}

/** Creates the account of a person who was invited, or of the first administrator, and opens the console. */
export function JoinPage() {
  const t = useTranslations('join');
  const failureText = useFailureText();
  const [link, setLink] = useState<Link | null>(null);
  const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null);

  useEffect(() => {
    const token = window.location.hash.slice(1);
    checkLink(token)
      .then((invitation) => setLink({ token, invitation }))
      .catch((error: unknown) => setFailure({ error }));
  }, []);

  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[max(4rem,16dvh)] pb-8">
      <div className="w-full max-w-[320px]">
        <h1 className="mb-6 text-20 font-semibold tracking-[-0.01em] [overflow-wrap:anywhere]">{title(link, t)}</h1>
        {failure === null ? null : <FormProblem>{failureText(failure.error)}</FormProblem>}
        {link === null ? null : <JoinForm {...link} onJoined={() => window.location.assign('/')} />}
        <output className="text-13 text-ink-soft empty:hidden">{link === null && failure === null ? t('checking') : null}</output>
      </div>
    </main>
  );
}

function title(link: Link | null, t: ReturnType<typeof useTranslations<'join'>>): string {
  if (link === null) return t('pageTitle');
  const { invitedBy } = link.invitation;
  return invitedBy === null ? t('first') : t('team', { name: invitedBy });
}
