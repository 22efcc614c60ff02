import type { ConversationSnapshot } from '@switchboard/client';
import { useCallback, useState } from 'react';

export interface Older {
  /** There are older messages, and they can be fetched now. */
  readonly wanted: boolean;
  /** Fetching them failed; `load` tries again. */
  readonly failed: boolean;
  readonly load: () => void;
}

/** Fetches older messages, one page at a time. After a failure only the operator retries. */
export function useOlder({ hasOlder, loadingOlder, history }: ConversationSnapshot, fetchOlder: () => Promise<void>): Older {
  /** True from the request to the answer, a moment longer than in the snapshot. */
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState(false);
  const load = useCallback(() => {
    const finish = (badly: boolean) => {
      setAsking(false);
      setFailed(badly);
    };
    setAsking(true);
    setFailed(false);
    fetchOlder().then(
      () => finish(false),
      () => finish(true), // The log shows it, with a button.
    );
  }, [fetchOlder]);
  return { wanted: hasOlder && !loadingOlder && !asking && !failed && history === 'ready', failed, load };
}
