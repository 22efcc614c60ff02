import type { ConversationSummary } from '@switchboard/client';
import { useCallback, type RefObject } from 'react';

import type { ComposerActions } from '../conversation/Composer.tsx';
import { useSelection } from '../hooks/use-selection.ts';

export interface Navigation {
  /** The open conversation. */
  readonly clientId: number | null;
  /** Opens one and, unless a finger did it, puts the cursor into the message field. */
  readonly open: (clientId: number, byKeyboard: boolean) => void;
  /** Back to the list, with the focus on the row that was open. */
  readonly back: () => void;
  /** Opens the neighbour in the list. Who was writing goes on writing there. */
  readonly go: (step: 1 | -1) => void;
  readonly focusOpenRow: () => void;
}

function focusRow(clientId: number | null): void {
  const row = document.querySelector<HTMLElement>(`[data-client="${clientId ?? ''}"]`);
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}

/** The neighbour of the open conversation in the list; the first one when none is open. */
function neighbour(conversations: readonly ConversationSummary[], open: number | null, step: 1 | -1): number | undefined {
  const at = conversations.findIndex(({ clientId }) => clientId === open);
  if (at === -1) return conversations[0]?.clientId;
  return conversations[at + step]?.clientId;
}

/** From conversation to conversation. */
export function useNavigation(conversations: readonly ConversationSummary[], composer: RefObject<ComposerActions | null>): Navigation {
  const { clientId, select, clear } = useSelection();
  const open = useCallback(
    (next: number, byKeyboard: boolean) => {
      select(next);
      // A finger that taps wants to read first: no keyboard over half the screen.
      if (byKeyboard || window.matchMedia('(pointer: fine)').matches) requestAnimationFrame(() => composer.current?.focus());
    },
    [select, composer],
  );
  const back = () => {
    clear();
    requestAnimationFrame(() => focusRow(clientId));
  };
  const go = (step: 1 | -1) => {
    const next = neighbour(conversations, clientId, step);
    if (next === undefined) return;
    const writing = document.activeElement instanceof HTMLTextAreaElement;
    select(next);
    requestAnimationFrame(() => (writing ? composer.current?.focus() : focusRow(next)));
  };
  return { clientId, open, back, go, focusOpenRow: () => focusRow(clientId) };
}
