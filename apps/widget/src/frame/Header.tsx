import { useEffect, useRef, useState } from 'preact/hooks';

import { CloseIcon, EndIcon, MutedIcon, SoundIcon } from './icons.tsx';
import type { Sound } from './sound.ts';

interface HeaderProps {
  readonly title: string;
  readonly sound: Sound;
  /** Undefined where nobody could be told. */
  readonly onClose: (() => void) | undefined;
  /** Undefined while there is nothing to end. */
  readonly onEnd: (() => Promise<void>) | undefined;
}

/** Title, sound, the end of the chat (asked once more), and on a phone the way back to the page. */
export function Header({ title, sound, onClose, onEnd }: HeaderProps) {
  const [muted, setMuted] = useState(() => sound.isMuted());
  const [asking, setAsking] = useState(false);
  return (
    <>
      <header>
        <h1 dir="auto">{title}</h1>
        {onEnd === undefined ? null : (
          <>
            <button
              type="button"
              class="icon"
              aria-label={muted ? 'Turn sound on' : 'Turn sound off'}
              title={muted ? 'Turn sound on' : 'Turn sound off'}
              onClick={() => {
                sound.setMuted(!muted);
                setMuted(!muted);
              }}
            >
              {muted ? <MutedIcon /> : <SoundIcon />}
            </button>
            <button
              type="button"
              class="icon"
              aria-label="End chat"
              title="End chat"
              aria-expanded={asking}
              onClick={() => setAsking(!asking)}
            >
              <EndIcon />
            </button>
          </>
        )}
        {onClose === undefined ? null : (
          <button type="button" class="icon close" aria-label="Close chat" title="Close chat" onClick={onClose}>
            <CloseIcon />
          </button>
        )}
      </header>
      {asking && onEnd !== undefined ? <ConfirmEnd onEnd={onEnd} onKeep={() => setAsking(false)} /> : null}
    </>
  );
}

function ConfirmEnd({ onEnd, onKeep }: { readonly onEnd: () => Promise<void>; readonly onKeep: () => void }) {
  const [state, setState] = useState<'asked' | 'ending' | 'failed'>('asked');
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
    setState('ending');
    try {
      await onEnd();
      onKeep();
    } catch {
      // The reason is nearly always the network; the sentence says what to do.
      setState('failed');
    }
  };
  return (
    <fieldset class="confirm" aria-label="End this chat?">
      <p role={state === 'failed' ? 'alert' : undefined}>
        {state === 'failed' ? 'Not ended. Check your connection and try again.' : 'End this chat? It will be gone from this browser.'}
      </p>
      <button type="button" class="danger" ref={confirm} disabled={state === 'ending'} onClick={() => void end()}>
        Yes, end chat
      </button>
      <button type="button" onClick={onKeep}>
        Keep chatting
      </button>
    </fieldset>
  );
}
