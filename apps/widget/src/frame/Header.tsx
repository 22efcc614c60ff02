import { useEffect, useRef, useState } from 'preact/hooks';

import { CloseIcon, MutedIcon, SoundIcon } from './icons.tsx';
import type { Sound } from './sound.ts';
import { useTexts } from './texts.ts';
import { useStore } from './use-store.ts';
import { DynamicText } from './DynamicText.tsx';

interface HeaderProps {
  readonly title: string;
  readonly sound: Sound;
  /** Undefined without a loader around the frame. */
  readonly onClose: (() => void) | undefined;
  /** Undefined while there is nothing to end. */
  readonly onEnd: (() => Promise<void>) | undefined;
  /** The conversation is being ended, by this tab or another one. */
  readonly ending: boolean;
}

/** Title, sound button, button to end the chat (with a confirmation), and on a phone the button to close the panel. */
export function Header({ title, sound, onClose, onEnd, ending }: HeaderProps) {
  const t = useTexts();
  const muted = useStore(sound);
  const [asking, setAsking] = useState(false);
  const canEnd = onEnd !== undefined;
  // The conversation has ended meanwhile, perhaps in another tab: the question no longer applies.
  useEffect(() => {
    if (!canEnd) setAsking(false);
  }, [canEnd]);
  return (
    <>
      <header>
        <h1 dir="auto">
          <DynamicText>{title}</DynamicText>
        </h1>
        {canEnd ? (
          <>
            <button
              type="button"
              class="icon"
              aria-label={t(muted ? 'soundOn' : 'soundOff')}
              title={t(muted ? 'soundOn' : 'soundOff')}
              onClick={() => sound.setMuted(!muted)}
            >
              {muted ? <MutedIcon /> : <SoundIcon />}
            </button>
            <button type="button" class="end" aria-expanded={asking} onClick={() => setAsking(!asking)}>
              {t('endChat')}
            </button>
          </>
        ) : null}
        {onClose === undefined ? null : (
          <button type="button" class="icon close" aria-label={t('closeChat')} title={t('closeChat')} onClick={onClose}>
            <CloseIcon />
          </button>
        )}
      </header>
      {asking && onEnd !== undefined ? <ConfirmEnd onEnd={onEnd} ending={ending} onKeep={() => setAsking(false)} /> : null}
    </>
  );
}

interface ConfirmEndProps {
  readonly onEnd: () => Promise<void>;
  readonly ending: boolean;
  readonly onKeep: () => void;
}

function ConfirmEnd({ onEnd, ending, onKeep }: ConfirmEndProps) {
  const t = useTexts();
  const [failed, setFailed] = useState(false);
  const confirm = useRef<HTMLButtonElement>(null);
  useEffect(() => confirm.current?.focus(), []);
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // Escape closes the question, not the chat.
      event.stopImmediatePropagation();
      onKeep();
    };
    window.addEventListener('keydown', escape, { capture: true });
    return () => window.removeEventListener('keydown', escape, { capture: true });
  }, [onKeep]);
  const end = async () => {
    setFailed(false);
    try {
      await onEnd();
    } catch {
      // The cause is nearly always the network; the text says what to do.
      setFailed(true);
    }
  };
  return (
    <fieldset class="confirm" aria-label={t('endQuestion')}>
      <p role={failed ? 'alert' : undefined}>
        <DynamicText>{t(failed ? 'endFailed' : 'endWarning')}</DynamicText>
      </p>
      <button type="button" class="danger" ref={confirm} disabled={ending} onClick={() => void end()}>
        {t('endConfirm')}
      </button>
      <button type="button" onClick={onKeep}>
        {t('endKeep')}
      </button>
    </fieldset>
  );
}
