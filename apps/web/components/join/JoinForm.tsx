'use client';

import { MAX_NAME_LENGTH, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@switchboard/protocol/limits';
import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { useTranslations } from 'use-intl';

import { useLasting } from '../hooks/use-lasting.ts';
import { FormField } from '../sign-in/FormField.tsx';
import { FormProblem } from '../sign-in/FormProblem.tsx';
import { typed } from '../sign-in/typed.ts';
import { Button } from '../ui/Button.tsx';
import { join, type Invitation } from './join.ts';
import { useFailureText } from './use-failure-text.ts';

/** Milliseconds after which the form says that it takes long. */
const LATE_MS = 5_000;

interface JoinFormProps {
  readonly token: string;
  readonly invitation: Invitation;
  readonly onJoined: () => void;
}

/** Name, e-mail and password of a new account. What the inviter has said is filled in. */
export function JoinForm({ token, invitation, onJoined }: JoinFormProps) {
  const [t, signIn] = [useTranslations('join'), useTranslations('signIn')];
  const failureText = useFailureText();
  const problemId = useId();
  const first = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null);
  const late = useLasting(busy, LATE_MS);

  useEffect(() => first.current?.focus(), []);

  const submit = async (form: FormData) => {
    setBusy(true);
    setFailure(null);
    try {
      await join({ token, name: typed(form, 'name').trim(), email: typed(form, 'email').trim(), password: typed(form, 'password') });
      onJoined();
    } catch (error) {
      setFailure({ error });
      setBusy(false);
    }
  };

  const start = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void submit(new FormData(event.currentTarget));
  };

  // `method`: the password must never end up in the address.
  return (
    <form method="post" onSubmit={start} className="flex flex-col gap-4" aria-describedby={failure === null ? undefined : problemId}>
      <FormField
        ref={first}
        label={t('name')}
        name="name"
        autoComplete="name"
        maxLength={MAX_NAME_LENGTH}
        defaultValue={invitation.name ?? ''}
      />
      <FormField
        label={signIn('email')}
        name="email"
        type="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={invitation.email ?? ''}
      />
      <FormField
        label={signIn('password')}
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={MIN_PASSWORD_LENGTH}
        maxLength={MAX_PASSWORD_LENGTH}
        hint={t('passwordHint', { count: MIN_PASSWORD_LENGTH })}
      />
      {failure === null ? null : <FormProblem id={problemId}>{failureText(failure.error)}</FormProblem>}
      <Button look="primary" type="submit" disabled={busy} className="!h-9 touch:!h-11">
        {invitation.invitedBy === null ? t('createAdministrator') : t('createAccount')}
      </Button>
      <output className="text-13 text-ink-soft empty:hidden">{late ? <span>{t('late')}</span> : null}</output>
    </form>
  );
}
