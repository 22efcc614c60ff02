import { isAttended, onAttention } from '@switchboard/presentation';
import { useSyncExternalStore } from 'react';

/** Whether a person is looking at this tab now: it is in front and its window has the focus. */
export function useAttention(): boolean {
  return useSyncExternalStore(onAttention, isAttended, () => false);
}
