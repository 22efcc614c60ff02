import type { ConversationSnapshot } from '@switchboard/client';
import { useCallback, useState } from 'react';

export interface Older {
  /** There are older messages, and nothing speaks against fetching them now. */
  readonly wanted: boolean;
  /** Fetching them failed; `load` tries again. */
  readonly failed: boolean;
  readonly load: () => void;
}

/** Fetching older messages, one page at a time. After a failure only a person tries again. */
export function useOlder({ hasOlder, loadingOlder, history }: ConversationSnapshot, fetchOlder: () => Promise<void>): Older {
  /** From the question to the answer, which comes a moment after the snapshot says so. */
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
      () => finish(true), // Said in the log, with a button.
    );
  }, [fetchOlder]);
  return { wanted: hasOlder && !loadingOlder && !asking && !failed && history === 'ready', failed, load };
}
