import type { ConversationSummary, OperatorChat } from '@switchboard/client';
import { useCallback, useEffect, type RefObject } from 'react';

import type { ComposerActions } from '../conversation/Composer.tsx';
import { useSelection, type View } from '../hooks/use-selection.ts';

export interface Navigation {
  /** The open conversation. */
  readonly clientId: number | null;
  /** Opens a conversation and, except after touch, focuses the message field. */
  readonly open: (clientId: number, byKeyboard: boolean) => void;
  /** Returns to the list, with the focus on the row that was open. */
  readonly back: () => void;
  /** Opens the next or previous conversation. A focused message field keeps the focus. */
  readonly go: (step: 1 | -1) => void;
  /** Opens the visitor who has waited longest, or the next one if that is open. From any view. */
  readonly goWaiting: () => void;
  readonly show: (view: View) => void;
  readonly focusOpenRow: () => void;
}

function focusRow(clientId: number | null): void {
  const row = document.querySelector<HTMLElement>(`[data-client="${clientId ?? ''}"]`);
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}

/** The conversation next to the open one in the list; the first one when none is open. */
function adjacent(conversations: readonly ConversationSummary[], open: number | null, step: 1 | -1): number | undefined {
  const at = conversations.findIndex(({ clientId }) => clientId === open);
  if (at === -1) return conversations[0]?.clientId;
  return conversations[at + step]?.clientId;
}

/** The waiting visitors, longest first. */
export function waitingOf(conversations: readonly ConversationSummary[]): ConversationSummary[] {
  return conversations
    .filter(({ waitingSince, doneAt, blockedAt }) => waitingSince !== null && doneAt === null && blockedAt === null)
    .toSorted((a, b) => Date.parse(a.waitingSince ?? '') - Date.parse(b.waitingSince ?? '') || a.clientId - b.clientId);
}

/** The waiting visitor after `open`; after the last one the first. */
function nextWaiting(conversations: readonly ConversationSummary[], open: number | null): number | undefined {
  const waiting = waitingOf(conversations);
  const at = waiting.findIndex(({ clientId }) => clientId === open);
  return (waiting[at + 1] ?? waiting[0])?.clientId;
}

interface NavigationOptions {
  readonly chat: OperatorChat;
  /** The rows in the order shown. */
  readonly rows: readonly ConversationSummary[];
  readonly composer: RefObject<ComposerActions | null>;
  readonly onNobodyWaits: () => void;
  readonly selection: ReturnType<typeof useSelection>;
}

/** Navigation between conversations and views. */
export function useNavigation({ chat, rows, composer, onNobodyWaits, selection }: NavigationOptions): Navigation {
  const { clientId, view, select, show, clear } = selection;
  useEffect(() => chat.setView(view), [chat, view]);
  const open = useCallback(
    (next: number, byKeyboard: boolean) => {
      select(next);
      // After a tap the operator reads first: no on-screen keyboard.
      if (byKeyboard || window.matchMedia('(pointer: fine)').matches) requestAnimationFrame(() => composer.current?.focus());
    },
    [select, composer],
  );
  const back = useCallback(() => {
    clear();
    requestAnimationFrame(() => focusRow(clientId));
  }, [clear, clientId]);
  const goTo = (next: number) => {
    const writing = document.activeElement instanceof HTMLTextAreaElement;
    select(next);
    requestAnimationFrame(() => (writing ? composer.current?.focus() : focusRow(next)));
  };
  const go = (step: 1 | -1) => {
    const next = adjacent(rows, clientId, step);
    if (next !== undefined) goTo(next);
  };
  const goWaiting = () => {
    // Waiting visitors are not in the view Done; in the other views they come first.
    if (view === 'done') show('waiting');
    const wanted = view === 'done' ? 'waiting' : view;
    chat.setView(wanted);
    const found = () => {
      const { list, waiting, conversations, view: current } = chat.getSnapshot();
      if (current !== wanted) return true;
      const next = nextWaiting(conversations, clientId);
      if (next !== undefined) goTo(next);
      else if (waiting === 0 && list === 'ready') onNobodyWaits();
      return next !== undefined || waiting === 0 || list === 'failed';
    };
    if (found()) return;
    const stop = chat.subscribe(() => {
      if (found()) stop();
    });
  };
  return { clientId, open, back, go, goWaiting, show, focusOpenRow: () => focusRow(clientId) };
}
