/** A list of listeners, called in the order they were added. */
export interface Emitter<T> {
  /** Adds a listener; returns a function that removes it. */
  readonly on: (listener: (value: T) => void) => () => void;
  readonly emit: (value: T) => void;
}

/** Creates an emitter. A listener may remove itself during `emit`. */
export function createEmitter<T>(): Emitter<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    on(listener) {
      // A separate wrapper for each call, so that the same function can be added twice and removed once.
      const entry = (value: T) => listener(value);
      listeners.add(entry);
      return () => {
        listeners.delete(entry);
      };
    },
    emit(value) {
      for (const listener of Array.from(listeners)) listener(value);
    },
  };
}
