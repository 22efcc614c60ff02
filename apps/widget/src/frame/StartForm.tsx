import { MAX_NAME_LENGTH, MAX_PHONE_LENGTH } from '@switchboard/protocol/limits';
import type { VisitorForm } from '@switchboard/client';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

import type { LoaderMessages } from '../messages.ts';
import type { Drafts, FormDraft } from './drafts.ts';
import { Starting } from './Starting.tsx';
import { useTexts } from './texts.ts';
import { useDrop } from './use-drop.ts';
import { useStart } from './use-start.ts';
import { DynamicText } from './DynamicText.tsx';

interface StartFormProps {
  readonly greeting: string;
  /** Unsent messages of the last conversation, if there are any. */
  readonly unsentMessages: ComponentChildren;
  readonly prefill: LoaderMessages['prefill'];
  readonly drafts: Drafts;
  readonly onStart: (form: VisitorForm) => Promise<void>;
  /** Sends a message in the conversation that was started. */
  readonly onSend: (text: string) => Promise<void>;
}

/** The form that starts a conversation. */
export function StartForm({ greeting, unsentMessages, prefill, drafts, onStart, onSend }: StartFormProps) {
  const t = useTexts();
  const [typed, setTyped] = useState(() => drafts.readForm());
  const { busy, problem, setProblem, waiting, start, send } = useStart(drafts, onStart, onSend);
  const name = typed.name ?? prefill.name ?? '';
  const phone = typed.phone ?? prefill.phone ?? '';

  const type = (change: FormDraft) => {
    setTyped({ ...typed, ...change });
    drafts.writeForm({ ...typed, ...change });
  };
  useLayoutEffect(() => {
    if (problem?.field != null) document.getElementById(problem.field)?.focus();
  }, [problem]);
  useDrop(({ files }) => (files.length === 0 ? undefined : setProblem({ field: null, text: t('startFirst') })));

  if (busy) return <Starting greeting={greeting} draft={drafts.message} waiting={waiting} onSend={send} />;
  return (
    <form
      class="start"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void start({ name, phone }, prefill.email);
      }}
    >
      <p class="greeting" dir="auto">
        <DynamicText>{greeting}</DynamicText>
      </p>
      {unsentMessages}
      <Field
        id="username"
        label={t('name')}
        name="name"
        maxLength={MAX_NAME_LENGTH}
        value={name}
        problem={problem?.field === 'username' ? problem.text : undefined}
        onText={(text) => type({ name: text })}
      />
      <Field
        id="phone"
        label={t('phone')}
        name="tel"
        maxLength={MAX_PHONE_LENGTH}
        value={phone}
        problem={problem?.field === 'phone' ? problem.text : undefined}
        onText={(text) => type({ phone: text })}
      />
      {problem?.field === null ? <FieldProblem id="form-problem">{problem.text}</FieldProblem> : null}
      <button type="submit" class="primary">
        {t('start')}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly id: 'username' | 'phone';
  readonly label: string;
  /** Its name for the browser's autocomplete. */
  readonly name: 'name' | 'tel';
  readonly maxLength: number;
  readonly value: string;
  readonly problem: string | undefined;
  readonly onText: (text: string) => void;
}

function Field({ id, label, name, maxLength, value, problem, onText }: FieldProps) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        inputMode={name === 'tel' ? 'tel' : 'text'}
        autocomplete={name}
        dir="auto"
        maxLength={maxLength}
        data-first-focus
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {problem === undefined ? null : <FieldProblem id={`${id}-problem`}>{problem}</FieldProblem>}
    </>
  );
}

function FieldProblem({ id, children }: { readonly id: string; readonly children: string }) {
  return (
    <p class="problem" role="alert" id={id}>
      <DynamicText>{children}</DynamicText>
    </p>
  );
}
