import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  return () => {
    document.removeEventListener('visibilitychange', listener);
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
  };
}

const isAttended = () => document.visibilityState === 'visible' && document.hasFocus();

/** Whether a person is looking at this tab now: it is in front and its window has the focus. */
export function useAttention(): boolean {
  return useSyncExternalStore(subscribe, isAttended, () => false);
}
