import { useCallback, useSyncExternalStore } from 'react';

/** Narrow: the list and the conversation are separate screens. */
export const ONE_COLUMN = '(max-width: 47.999rem)';
/** Room for the details beside the conversation. */
export const THREE_COLUMNS = '(min-width: 75rem)';

/** Whether the media query matches. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(query).matches,
    () => false,
  );
}
