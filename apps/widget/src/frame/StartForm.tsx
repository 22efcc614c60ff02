import { ChatError } from '@switchboard/protocol/errors';
import { MAX_NAME_LENGTH, MAX_PHONE_LENGTH } from '@switchboard/protocol/limits';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import type { LoaderMessages } from '../messages.ts';

interface StartFormProps {
  readonly greeting: string;
  /** What was not sent before the last conversation ended, if anything. */
  readonly leftOvers: ComponentChildren;
  readonly prefill: LoaderMessages['prefill'];
  readonly onStart: (form: { username: string; phone?: string; email?: string }) => Promise<void>;
}

/** What went wrong: with a field, or with the whole. */
interface Problem {
  readonly field: 'username' | 'phone' | null;
  readonly text: string;
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof ChatError)) return { field: null, text: 'That did not work. Try it again.' };
  const { username, phone } = error.detail.fields ?? {};
  if (username !== undefined) return { field: 'username', text: 'Enter a name of up to 80 characters.' };
  if (phone !== undefined) return { field: 'phone', text: 'Enter a phone number of up to 40 characters, or leave it empty.' };
  if (error.code === 'rate_limited') return { field: null, text: 'Too many chats were started from here. Try it again in a minute.' };
  if (error.retryable) return { field: null, text: 'We can’t be reached right now. Check your connection and try again.' };
  return { field: null, text: error.message };
}

/** Who the visitor is, before the first message. */
export function StartForm({ greeting, leftOvers, prefill, onStart }: StartFormProps) {
  const [name, setName] = useState<string>();
  const [phone, setPhone] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const start = async () => {
    const username = (name ?? prefill.name ?? '').trim();
    const number = (phone ?? prefill.phone ?? '').trim();
    if (username === '') {
      setProblem({ field: 'username', text: 'Tell us what to call you.' });
      document.getElementById('username')?.focus();
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      await onStart({
        username,
        ...(number === '' ? {} : { phone: number }),
        ...(prefill.email === undefined ? {} : { email: prefill.email }),
      });
    } catch (error) {
      setBusy(false);
      setProblem(problemOf(error));
    }
  };
  const errorFor = (field: Problem['field']) =>
    problem?.field === field ? (
      <p class="problem" role="alert" id={`${field ?? 'form'}-problem`}>
        {problem.text}
      </p>
    ) : null;

  return (
    <form
      class="start"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <p class="greeting" dir="auto">
        {greeting}
      </p>
      {leftOvers}
      <label htmlFor="username">Name</label>
      <input
        id="username"
        name="name"
        autocomplete="name"
        dir="auto"
        maxLength={MAX_NAME_LENGTH}
        data-first-focus
        aria-invalid={problem?.field === 'username'}
        aria-describedby="username-problem"
        value={name ?? prefill.name ?? ''}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      {errorFor('username')}
      <label htmlFor="phone">Phone (optional)</label>
      <input
        id="phone"
        name="tel"
        type="tel"
        autocomplete="tel"
        maxLength={MAX_PHONE_LENGTH}
        aria-invalid={problem?.field === 'phone'}
        aria-describedby="phone-problem"
        value={phone ?? prefill.phone ?? ''}
        onInput={(event) => setPhone(event.currentTarget.value)}
      />
      {errorFor('phone')}
      {errorFor(null)}
      <button type="submit" class="primary" disabled={busy}>
        Start chat
      </button>
    </form>
  );
}
