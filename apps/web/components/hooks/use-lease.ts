import { useState, useSyncExternalStore } from 'react';

interface Lease<T> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => T | undefined;
}

function createLease<T>(open: () => T, close: (value: T) => void): Lease<T> {
  let held: { readonly value: T } | undefined;
  let users = 0;
  return {
    getSnapshot: () => held?.value,
    subscribe: () => {
      users += 1;
      held ??= { value: open() };
      return () => {
        users -= 1;
        if (users > 0 || held === undefined) return;
        close(held.value);
        held = undefined;
      };
    },
  };
}

/**
 * A resource that is open while the component is mounted: opened after the first render in a browser, closed on unmount. Undefined before.
 * `open` and `close` are those of the first render; give the component another `key` to open it again.
 */
export function useLease<T>(open: () => T, close: (value: T) => void): T | undefined {
  const [lease] = useState(() => createLease(open, close));
  return useSyncExternalStore(lease.subscribe, lease.getSnapshot, () => undefined);
}
