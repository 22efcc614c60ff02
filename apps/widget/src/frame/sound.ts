import type { KeyValueStore } from '@switchboard/client';
import { playChime } from '@switchboard/presentation';

const MUTED = 'switchboard.muted';

/**
 * The sound of an answer. Browsers allow it after the first click or key press in the frame, which happens before any answer. All tabs share what the visitor
 * chooses.
 */
export interface Sound {
  /** Whether it is muted. */
  getSnapshot(): boolean;
  subscribe(listener: () => void): () => void;
  setMuted(muted: boolean): void;
  play(): void;
}

/** @param storage keeps what the visitor chooses. @param isOn whether there is a sound until then */
export function createSound(storage: KeyValueStore, isOn: boolean): Sound {
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
  const isMuted = () => (storage.getItem(MUTED) ?? (isOn ? '0' : '1')) === '1';
  return {
    getSnapshot: isMuted,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setMuted(muted) {
      storage.setItem(MUTED, muted ? '1' : '0');
      notify();
    },
    play() {
      if (!isMuted() && context?.state === 'running') playChime(context);
    },
  };
}
