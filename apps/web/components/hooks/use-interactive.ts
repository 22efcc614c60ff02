import { useSyncExternalStore } from 'react';

const subscribe = () => () => undefined;

/** False while a page is only the document that the server sent; true as soon as its script listens. */
export function useInteractive(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
