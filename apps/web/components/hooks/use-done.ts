import type { ConversationSummary, OperatorChat } from '@switchboard/client';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';

import type { NoticeText } from '../console/Notice.tsx';
import { displayName } from '../text/names.ts';
import { errorText } from '../text/problems.ts';

/** Marks a conversation as done, or reopens it, and shows a notice with an undo button, or the error. */
export function useDone(chat: OperatorChat, say: (notice: NoticeText) => void): (summary: ConversationSummary, done: boolean) => void {
  const t = useTranslations('inbox');
  const problem = useTranslations('problem');
  const visitor = useTranslations('visitor');
  return useCallback(
    (summary, done) => {
      const name = displayName(summary.username, summary.clientId, visitor);
      const ask = async (value: boolean, then: () => void) => {
        try {
          await chat.setDone(summary.clientId, value);
          then();
        } catch (error) {
          say({ text: errorText(error, problem) });
        }
      };
      const undo = () => void ask(!done, () => undefined);
      void ask(done, () => say({ text: t(done ? 'done' : 'reopened', { name }), undo }));
    },
    [chat, say, t, problem, visitor],
  );
}
