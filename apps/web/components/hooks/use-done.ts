import type { ConversationSummary, OperatorChat } from '@switchboard/client';
import { plainReason } from '@switchboard/client/view';
import { useCallback } from 'react';

import type { NoticeText } from '../console/Notice.tsx';
import { displayName } from '../text/names.ts';

/** Marks a conversation done, or reopens it, and says so with a way back. What did not work is said as well. */
export function useDone(chat: OperatorChat, say: (notice: NoticeText) => void): (summary: ConversationSummary, done: boolean) => void {
  return useCallback(
    (summary, done) => {
      const name = displayName(summary.username, summary.clientId);
      const ask = async (value: boolean, then: () => void) => {
        try {
          await chat.setDone(summary.clientId, value);
          then();
        } catch (error) {
          say({ text: plainReason(error) });
        }
      };
      const undo = () => void ask(!done, () => undefined);
      void ask(done, () => say({ text: done ? `${name} is done.` : `${name} is open again.`, undo }));
    },
    [chat, say],
  );
}
