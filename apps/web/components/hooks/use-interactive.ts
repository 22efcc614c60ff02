import { useSyncExternalStore } from 'react';

const subscribe = () => () => undefined;

/** False until the page's script handles events. */
export function useInteractive(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
