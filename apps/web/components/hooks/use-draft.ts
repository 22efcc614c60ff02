import { useCallback, useSyncExternalStore } from 'react';

import { readDraft, subscribeDrafts } from './drafts.ts';

/** This operator's draft to this client, in this tab. */
export function useDraft(operatorId: number, clientId: number): string {
  const read = useCallback(() => readDraft(operatorId, clientId), [operatorId, clientId]);
  return useSyncExternalStore(subscribeDrafts, read, () => '');
}
