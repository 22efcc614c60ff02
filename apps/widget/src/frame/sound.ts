import type { KeyValueStore } from '@switchboard/client';
import { playChime } from '@switchboard/presentation';

const MUTED = 'switchboard.muted';

/**
 * The sound of an answer. Browsers allow it after the first click or key press in the frame, which happens before any answer. All tabs share the mute setting.
 */
export interface Sound {
  /** Whether it is muted. */
  getSnapshot(): boolean;
  subscribe(listener: () => void): () => void;
  setMuted(muted: boolean): void;
  play(): void;
}

/** @param storage keeps whether the sound is muted */
export function createSound(storage: KeyValueStore): Sound {
  const listeners = new Set<() => void>();
  const notify = () => {
    for (const listener of listeners) listener();
  };
  let context: AudioContext | undefined;
  const unlock = () => {
    context ??= new AudioContext();
    if (context.state === 'suspended') context.resume().catch(() => undefined); // Refused: the next click tries again.
  };
  window.addEventListener('pointerdown', unlock);
  window.addEventListener('keydown', unlock);
  window.addEventListener('storage', notify);
  const isMuted = () => storage.getItem(MUTED) === '1';
  return {
    getSnapshot: isMuted,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setMuted(muted) {
      if (muted) storage.setItem(MUTED, '1');
      else storage.removeItem(MUTED);
      notify();
    },
    play() {
      if (!isMuted() && context?.state === 'running') playChime(context);
    },
  };
}
