import { plainReason } from '@switchboard/client/view';
import { useEffect, useRef, useState } from 'react';

import { Button } from '../ui/Button.tsx';

/** Shuts the visitor out, or lets it in again; rejects when that did not work. */
export type SetBlocked = (blocked: boolean) => Promise<void>;

interface Asking {
  readonly busy: boolean;
  /** Why it did not work, in a sentence. */
  readonly problem: string | null;
  readonly ask: (blocked: boolean) => Promise<boolean>;
}

function useAsking(setBlocked: SetBlocked): Asking {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = async (blocked: boolean): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      await setBlocked(blocked);
      return true;
    } catch (error) {
      setProblem(plainReason(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, ask };
}

function Problem({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return (
    <p role="alert" dir="auto" className="text-13 text-danger">
      {text}
    </p>
  );
}

interface BlockProps {
  readonly name: string;
  readonly setBlocked: SetBlocked;
  /** It is done, and this is about to go: the focus should go elsewhere. */
  readonly onBlocked: () => void;
}

/** The end of the details: block the visitor, asked once more. Who is blocked already is let in again where one would write. */
export function BlockVisitor({ name, setBlocked, onBlocked }: BlockProps) {
  const { busy, problem, ask } = useAsking(setBlocked);
  const [asking, setAsking] = useState(false);
  const confirm = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  useEffect(() => {
    if (!asking) return undefined;
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // Escape closes the question, not what is around it.
      event.stopImmediatePropagation();
      setAsking(false);
    };
    window.addEventListener('keydown', escape, { capture: true });
    return () => window.removeEventListener('keydown', escape, { capture: true });
  }, [asking]);
  useEffect(() => {
    if (asking) confirm.current?.focus();
    else if (wasAsking.current) first.current?.focus();
    wasAsking.current = asking;
  }, [asking]);
  if (!asking) {
    return (
      <Button ref={first} look="danger" className="-ms-2 self-start" onClick={() => setAsking(true)}>
        Block visitor
      </Button>
    );
  }
  return (
    <fieldset aria-label={`Block ${name}?`} className="fade-in flex flex-col gap-3">
      <p className="text-13 text-ink-soft [overflow-wrap:anywhere]">
        Block <bdi>{name}</bdi>? They can’t write or read here any more, on any page they have open. Nothing is deleted, and you can unblock
        them at any time.
      </p>
      <Problem text={problem} />
      <div className="flex flex-wrap gap-2">
        <Button
          ref={confirm}
          className="!border-danger !text-danger"
          disabled={busy}
          onClick={() => void ask(true).then((done) => (done ? onBlocked() : undefined))}
        >
          Block
        </Button>
        <Button onClick={() => setAsking(false)}>Cancel</Button>
      </div>
    </fieldset>
  );
}

/** Where one would write to somebody who is blocked. */
export function BlockedNotice({ name, setBlocked }: { readonly name: string; readonly setBlocked: SetBlocked }) {
  const { busy, problem, ask } = useAsking(setBlocked);
  return (
    <div className="border-t border-line flex flex-col items-center gap-3 px-5 pb-[max(1rem,env(safe-area-inset-bottom))] pt-4 text-center text-13 text-ink-soft [overflow-wrap:anywhere]">
      <p>
        <bdi>{name}</bdi> is blocked: they can’t write here, and would not see a reply.
      </p>
      <Problem text={problem} />
      <Button disabled={busy} onClick={() => void ask(false)}>
        Unblock
      </Button>
    </div>
  );
}
