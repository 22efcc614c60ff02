import { useCallback, useSyncExternalStore } from 'react';

const TICK_MS = 1_000;
const listeners = new Set<() => void>();
let now = Date.now();
let stop: (() => void) | undefined;

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

/** One clock for the page, which stops in a hidden tab. */
function start(): () => void {
  const timer = setInterval(() => (document.visibilityState === 'visible' ? tick() : undefined), TICK_MS);
  document.addEventListener('visibilitychange', tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= start();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = undefined;
  };
}

/** The result of `say` for the current time (milliseconds). The component renders again only when the result changes. */
export function useTicking<T extends string | boolean | null>(say: (now: number) => T): T {
  const getSnapshot = useCallback(() => say(stop === undefined ? Date.now() : now), [say]);
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot);
}
