import { isAttended, onAttention } from '@switchboard/presentation';
import { useSyncExternalStore } from 'react';

/** Whether this tab is visible and its window has the focus. */
export function useAttention(): boolean {
  return useSyncExternalStore(onAttention, isAttended, () => false);
}
