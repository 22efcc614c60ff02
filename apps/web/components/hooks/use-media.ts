import { useCallback, useSyncExternalStore } from 'react';

/** Two screens, one at a time: the list, or the conversation. */
export const ONE_COLUMN = '(max-width: 47.999rem)';
/** Room for the details beside the conversation. */
export const THREE_COLUMNS = '(min-width: 75rem)';

/** Whether the media query holds now. */
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
