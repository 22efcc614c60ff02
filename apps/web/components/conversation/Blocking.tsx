import { plainReason } from '@switchboard/client/view';
import { useRef, useState } from 'react';

import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';

/** Shuts the visitor out, or lets it in again; rejects when that did not work. */
export type SetBlocked = (blocked: boolean) => Promise<void>;

/** Where the focus is once somebody is blocked: on what takes it back. */
const UNBLOCK = 'unblock';

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
  readonly open: boolean;
  readonly setBlocked: SetBlocked;
  readonly onClose: () => void;
}

/** Asks once more before a visitor is blocked. */
export function BlockDialog({ name, open, setBlocked, onClose }: BlockProps) {
  const { busy, problem, ask } = useAsking(setBlocked);
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open={open}
      title={`Block ${name}?`}
      initialFocus={cancel}
      finalFocus={() => document.querySelector<HTMLElement>(`#${UNBLOCK}`) ?? true}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        <p className="text-13 text-ink-soft [overflow-wrap:anywhere]">
          They can’t write or read here any more, on any page they have open. Nothing is deleted, and you can unblock them at any time.
        </p>
        <Problem text={problem} />
        <div className="flex flex-wrap gap-2">
          <Button
            className="!border-danger !text-danger"
            disabled={busy}
            onClick={() => void ask(true).then((done) => (done ? onClose() : undefined))}
          >
            Block
          </Button>
          <Button ref={cancel} onClick={onClose}>
            Cancel
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** Where one would write to somebody who is blocked. */
export function BlockedNotice({ name, setBlocked }: { readonly name: string; readonly setBlocked: SetBlocked }) {
  const { busy, problem, ask } = useAsking(setBlocked);
  return (
    <div className="border-t border-line flex flex-col items-center gap-3 px-5 pb-[max(1rem,env(safe-area-inset-bottom))] pt-4 text-center text-13 text-ink-soft [overflow-wrap:anywhere]">
      <p>
        <bdi translate="no">{name}</bdi> is blocked: they can’t write here, and would not see a reply.
      </p>
      <Problem text={problem} />
      <Button id={UNBLOCK} disabled={busy} onClick={() => void ask(false)}>
        Unblock
      </Button>
    </div>
  );
}
