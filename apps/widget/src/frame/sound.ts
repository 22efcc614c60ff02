import { playChime } from '@switchboard/client/view';
import type { KeyValueStore } from '@switchboard/client';

const MUTED = 'switchboard.muted';

/** The sound of an answer. Browsers allow it after the first click or key in the frame, and nobody can have an answer without one. */
export interface Sound {
  isMuted(): boolean;
  setMuted(muted: boolean): void;
  play(): void;
}

export function createSound(storage: KeyValueStore): Sound {
  let context: AudioContext | undefined;
  const unlock = () => {
    context ??= new AudioContext();
    if (context.state === 'suspended') context.resume().catch(() => undefined); // Refused: the next click asks again.
  };
  window.addEventListener('pointerdown', unlock);
  window.addEventListener('keydown', unlock);
  const isMuted = () => storage.getItem(MUTED) === '1';
  return {
    isMuted,
    setMuted(muted) {
      if (muted) storage.setItem(MUTED, '1');
      else storage.removeItem(MUTED);
    },
    play() {
      if (!isMuted() && context?.state === 'running') playChime(context);
    },
  };
}
