import type { KeyValueStore } from '@switchboard/client';
import { playChime } from '@switchboard/presentation';

const MUTED = 'switchboard.muted';

/**
 * The sound of an answer. Browsers allow it after the first click or key in the frame, and nobody can have an answer without one. Whether it is muted is
 * one thing for all tabs.
 */
export interface Sound {
  /** Whether it is muted. */
  getSnapshot(): boolean;
  subscribe(listener: () => void): () => void;
  setMuted(muted: boolean): void;
  play(): void;
}

export function createSound(storage: KeyValueStore): Sound {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  let context: AudioContext | undefined;
  const unlock = () => {
    context ??= new AudioContext();
    if (context.state === 'suspended') context.resume().catch(() => undefined); // Refused: the next click asks again.
  };
  window.addEventListener('pointerdown', unlock);
  window.addEventListener('keydown', unlock);
  window.addEventListener('storage', tell);
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
      tell();
    },
    play() {
      if (!isMuted() && context?.state === 'running') playChime(context);
    },
  };
}
