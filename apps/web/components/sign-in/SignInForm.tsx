'use client';

import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';

import { useInteractive } from '../hooks/use-interactive.ts';
import { useLasting } from '../hooks/use-lasting.ts';
import { Button } from '../ui/Button.tsx';
import { FormField } from './FormField.tsx';
import { FormProblem } from './FormProblem.tsx';
import { signIn, SignInError } from './sign-in.ts';
import { typed } from './typed.ts';

/** Milliseconds after which the form says that signing in takes long. */
const LATE_MS = 5_000;

interface SignInFormProps {
  readonly email?: string;
  readonly onSignedIn: (email: string) => void;
}

/** E-mail and password. After a wrong one the e-mail stays and the password gets the focus. */
export function SignInForm({ email: given = '', onSignedIn }: SignInFormProps) {
  const t = useTranslations('signIn');
  const problemId = useId();
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  // The page is shown before its script runs: input stays, and can be submitted once the script listens.
  const interactive = useInteractive();
  const [problem, setProblem] = useState<SignInError | null>(null);
  const late = useLasting(busy, LATE_MS);

  useEffect(() => (given === '' ? emailField : passwordField).current?.focus(), [given]);

  const submit = async (form: FormData) => {
    const [email, password] = [typed(form, 'email').trim(), typed(form, 'password')];
    setBusy(true);
    setProblem(null);
    try {
      await signIn(email, password);
      onSignedIn(email);
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      setProblem(error);
      setBusy(false);
      passwordField.current?.select();
    }
  };

  const start = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void submit(new FormData(event.currentTarget));
  };

  // `method`: the password must never end up in the address.
  return (
    <form method="post" onSubmit={start} className="flex flex-col gap-4" aria-describedby={problem === null ? undefined : problemId}>
      <FormField
        ref={emailField}
        label={t('email')}
        name="email"
        type="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={given}
      />
      <FormField ref={passwordField} label={t('password')} name="password" type="password" autoComplete="current-password" />
      {problem === null ? null : (
        <FormProblem id={problemId}>
          <Problem key={problem.code} problem={problem} />
        </FormProblem>
      )}
      <Button look="primary" type="submit" disabled={busy || !interactive} className="!h-9 touch:!h-11">
        {t('submit')}
      </Button>
      <output className="text-13 text-ink-soft empty:hidden">{late ? <span>{t('late')}</span> : null}</output>
    </form>
  );
}

/** Why signing in failed, with a link to the right address if there is one. */
function Problem({ problem: { code, values } }: { readonly problem: SignInError }) {
  const t = useTranslations('signInProblem');
  const link = (address: ReactNode) => (
    <a href={values.instead} className="font-medium underline underline-offset-2">
      {address}
    </a>
  );
  return t.rich(code, { ...values, link });
}
