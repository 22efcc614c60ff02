import { useCallback, useSyncExternalStore } from 'react';

import { readDraft, subscribeDrafts } from './drafts.ts';

/** What this operator has typed to this client and not sent yet, in this tab. */
export function useDraft(operatorId: number, clientId: number): string {
  const read = useCallback(() => readDraft(operatorId, clientId), [operatorId, clientId]);
  return useSyncExternalStore(subscribeDrafts, read, () => '');
}
