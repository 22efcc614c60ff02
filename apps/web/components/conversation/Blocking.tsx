import { useRef, useState } from 'react';
import { useTranslations } from 'use-intl';

import { errorText } from '../text/problems.ts';
import { slots } from '../text/slots.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';

/** Blocks or unblocks the visitor; rejects when that fails. */
export type SetBlocked = (blocked: boolean) => Promise<void>;

/** The focus after blocking: on the button that undoes it. */
const UNBLOCK = 'unblock';

interface Asking {
  readonly busy: boolean;
  /** The error, as a sentence. */
  readonly problem: string | null;
  readonly ask: (blocked: boolean) => Promise<boolean>;
}

function useAsking(setBlocked: SetBlocked): Asking {
  const t = useTranslations('problem');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = async (blocked: boolean): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      await setBlocked(blocked);
      return true;
    } catch (error) {
      setProblem(errorText(error, t));
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

/** Asks for confirmation before a visitor is blocked. */
export function BlockDialog({ name, open, setBlocked, onClose }: BlockProps) {
  const { busy, problem, ask } = useAsking(setBlocked);
  const t = useTranslations('blocking');
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open={open}
      title={t('title', { name })}
      initialFocus={cancel}
      finalFocus={() => document.querySelector<HTMLElement>(`#${UNBLOCK}`) ?? true}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        <p className="text-13 text-ink-soft [overflow-wrap:anywhere]">{t('text')}</p>
        <Problem text={problem} />
        <div className="flex flex-wrap gap-2">
          <Button
            className="!border-danger !text-danger"
            disabled={busy}
            onClick={() => void ask(true).then((done) => (done ? onClose() : undefined))}
          >
            {t('block')}
          </Button>
          <Button ref={cancel} onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** Replaces the composer while the visitor is blocked. */
export function BlockedNotice({ name, setBlocked }: { readonly name: string; readonly setBlocked: SetBlocked }) {
  const t = useTranslations('blocking');
  const { busy, problem, ask } = useAsking(setBlocked);
  return (
    <div className="border-t border-line flex flex-col items-center gap-3 px-5 pb-[max(1rem,env(safe-area-inset-bottom))] pt-4 text-center text-13 text-ink-soft [overflow-wrap:anywhere]">
      <p>{t.rich('notice', slots({ name: <bdi translate="no">{name}</bdi> }))}</p>
      <Problem text={problem} />
      <Button id={UNBLOCK} disabled={busy} onClick={() => void ask(false)}>
        {t('unblock')}
      </Button>
    </div>
  );
}
