import type { VisitorForm } from '@switchboard/client';
import { ChatError } from '@switchboard/protocol/errors';
import { useRef, useState } from 'preact/hooks';

import type { Drafts } from './drafts.ts';
import type { WaitingText } from './Starting.tsx';
import { useTexts, type Texts } from './texts.ts';

/** A problem with one field, or with the whole form. */
interface Problem {
  readonly field: 'username' | 'phone' | null;
  readonly text: string;
}

function startProblem(error: unknown, t: Texts): Problem {
  if (!(error instanceof ChatError)) return { field: null, text: t.error(error) };
  const { username, phone } = error.detail.fields ?? {};
  if (username !== undefined) return { field: 'username', text: t('nameInvalid') };
  if (phone !== undefined) return { field: 'phone', text: t('phoneInvalid') };
  if (error.code === 'rate_limited') return { field: null, text: t('tooManyChats') };
  if (error.retryable) return { field: null, text: t('startUnreachable') };
  return { field: null, text: t.error(error) };
}

type OnStart = (form: VisitorForm) => Promise<void>;

/** Starts with the email address from the host page, or without it if the server refuses it: the visitor could not correct it. */
async function startWith(onStart: OnStart, form: VisitorForm, email: string | undefined): Promise<void> {
  if (email === undefined || email.trim() === '') return await onStart(form);
  try {
    await onStart({ ...form, email: email.trim() });
  } catch (error) {
    if (!(error instanceof ChatError) || error.detail.fields?.['email'] === undefined) throw error;
    await onStart(form);
  }
}

interface Start {
  /** The request is in progress. */
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly setProblem: (problem: Problem) => void;
  /** Messages that the visitor has sent meanwhile. */
  readonly waiting: readonly WaitingText[];
  readonly start: (form: { readonly name: string; readonly phone: string }, email: string | undefined) => Promise<void>;
  readonly send: (text: string) => void;
}

/** Starts a conversation, and keeps messages that are sent before it has started. `onSend` sends a message in the started conversation. */
export function useStart(drafts: Drafts, onStart: OnStart, onSend: (text: string) => Promise<void>): Start {
  const t = useTexts();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [waiting, setWaiting] = useState<readonly WaitingText[]>([]);
  /** The same messages, for code that continues after the component is unmounted. */
  const sent = useRef<WaitingText[]>([]);
  return {
    busy,
    problem,
    setProblem,
    waiting,
    async start({ name, phone }, email) {
      const username = name.trim();
      const number = phone.trim();
      if (username === '') {
        setProblem({ field: 'username', text: t('nameMissing') });
        return;
      }
      setBusy(true);
      setProblem(undefined);
      try {
        await startWith(onStart, { username, ...(number === '' ? {} : { phone: number }) }, email);
      } catch (error) {
        // Kept for the next attempt.
        const texts = [...sent.current.splice(0).map(({ text }) => text), drafts.message.read()];
        drafts.message.write(texts.filter((text) => text !== '').join('\n'));
        setWaiting([]);
        setBusy(false);
        setProblem(startProblem(error, t));
        return;
      }
      drafts.writeForm({});
      for (const { text } of sent.current.splice(0)) await onSend(text);
    },
    send(text) {
      sent.current.push({ place: sent.current.length, text });
      setWaiting([...sent.current]);
    },
  };
}
