import { useSyncExternalStore } from 'react';

/** Milliseconds before a module that could not be loaded is requested again; twice as many after each failure, up to `MAX_RETRY_MS`. */
const RETRY_MS = 2_000;
const MAX_RETRY_MS = 60_000;

/**
 * A module that the first view of the page does without: it is loaded after the first component that needs it has rendered, and requested again until it
 * arrives. Returns a hook that returns the module once it is loaded, and undefined before.
 */
export function deferredModule<T>(load: () => Promise<T>): () => T | undefined {
  let loaded: T | undefined;
  let isRequested = false;
  const listeners = new Set<() => void>();

  async function request(retryMs = RETRY_MS): Promise<void> {
    isRequested = true;
    try {
      loaded = await load();
      for (const listener of listeners) listener();
    } catch (error) {
      reportError(error);
      setTimeout(() => void request(Math.min(2 * retryMs, MAX_RETRY_MS)), retryMs);
    }
  }

  function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    if (!isRequested) void request();
    return () => listeners.delete(listener);
  }

  return () =>
    useSyncExternalStore(
      subscribe,
      () => loaded,
      () => undefined,
    );
}
