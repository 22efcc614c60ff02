/** A list of listeners, told in the order they came. */
export interface Emitter<T> {
  /** Returns how to stop. */
  readonly on: (listener: (value: T) => void) => () => void;
  readonly emit: (value: T) => void;
}

/** Makes an emitter. A listener that stops while being told is still safe. */
export function createEmitter<T>(): Emitter<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    on(listener) {
      // A wrapper of its own, so that the same function may listen twice and stop once.
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
