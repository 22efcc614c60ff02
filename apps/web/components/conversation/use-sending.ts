import type { ConversationHandle } from '@switchboard/client';
import { useCallback, useState } from 'react';

import { readDraft, writeDraft } from '../hooks/drafts.ts';
import { plainReason } from '@switchboard/client/view';

export interface Sending {
  readonly text: string;
  /** The message is being taken over; the field waits for it. */
  readonly busy: boolean;
  /** Why the last attempt did not work, in a sentence. */
  readonly problem: string | null;
  readonly change: (text: string) => void;
  readonly send: () => void;
  readonly sendImages: (files: readonly File[]) => void;
  readonly dismiss: () => void;
}

/** What one operator types to one client: kept as a draft until the message is taken over by the outbox, and no moment less. */
export function useSending(handle: ConversationHandle, operatorId: number, clientId: number): Sending {
  const [text, setText] = useState(() => readDraft(operatorId, clientId));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const change = useCallback(
    (next: string) => {
      setText(next);
      writeDraft(operatorId, clientId, next);
      handle.setTyping(next.trim() !== '');
    },
    [handle, operatorId, clientId],
  );

  const send = async () => {
    if (busy || text.trim() === '') return;
    setBusy(true);
    setProblem(null);
    try {
      await handle.sendText(text);
      change('');
    } catch (error) {
      setProblem(plainReason(error));
    } finally {
      setBusy(false);
    }
  };

  const sendImages = async (files: readonly File[]) => {
    setProblem(null);
    for (const file of files) {
      try {
        await handle.sendImage(file, file.name === '' ? 'picture' : file.name);
      } catch (error) {
        setProblem(files.length > 1 ? `${file.name}: ${plainReason(error)}` : plainReason(error));
      }
    }
  };

  return {
    text,
    busy,
    problem,
    change,
    send: () => void send(),
    sendImages: (files) => void sendImages(files),
    dismiss: () => setProblem(null),
  };
}
