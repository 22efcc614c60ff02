import type { OperatorChat } from '@switchboard/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';

import type { ComposerActions } from '../conversation/Composer.tsx';
import { useAttention } from '../hooks/use-attention.ts';
import { useDone } from '../hooks/use-done.ts';
import { useHeldOrder } from '../hooks/use-held-order.ts';
import { ONE_COLUMN, THREE_COLUMNS, useMedia } from '../hooks/use-media.ts';
import { useRemembered } from '../hooks/use-remembered.ts';
import { useSelection } from '../hooks/use-selection.ts';
import { useShortcuts } from '../hooks/use-shortcuts.ts';
import { useSound } from '../hooks/use-sound.ts';
import { useOperatorChat, useSummary } from '../hooks/use-store.ts';
import { useNotice } from './Notice.tsx';
import { useNavigation } from './use-navigation.ts';

/** How often the row of the open conversation is fetched, in milliseconds, because no event says whether the visitor is still there. */
const REFRESH_MS = 30_000;

/** The console's state and actions, by mouse and keyboard. */
export function useConsole(chat: OperatorChat) {
  const t = useTranslations('inbox');
  const snapshot = useOperatorChat(chat);
  const composer = useRef<ComposerActions>(null);
  const notice = useNotice();
  const { say } = notice;
  const selection = useSelection();
  const summaryOf = useCallback((id: number) => chat.summaryOf(id), [chat]);
  const order = useHeldOrder(snapshot.conversations, summaryOf, snapshot.view);
  const onNobodyWaits = useCallback(() => say({ text: t('empty.waiting') }), [say, t]);
  const navigation = useNavigation({ chat, rows: order.rows, composer, onNobodyWaits, selection });
  const { clientId } = selection;
  const summary = useSummary(chat, clientId);
  const attended = useAttention();
  useFreshSummary(chat, clientId, attended);
  const sound = useSound(chat, attended ? clientId : null);
  const oneColumn = useMedia(ONE_COLUMN);
  const details = useDetails();
  const [letters, setLetters] = useRemembered('switchboard.shortcuts.letters.off', true);
  const [shortcutsOpen, setShortcutsOpen] = useState(false);
  const setDone = useDone(chat, say);
  const loadMore = useCallback(() => void chat.loadMore().catch(() => say({ text: t('moreFailed') })), [chat, say, t]);
  const leave = () => {
    if (oneColumn) {
      if (clientId !== null) navigation.back();
    } else if (details.over) details.toggle();
    else navigation.focusOpenRow();
  };
  useShortcuts(letters, {
    next: () => navigation.go(1),
    previous: () => navigation.go(-1),
    nextWaiting: navigation.goWaiting,
    reply: () => composer.current?.focus(),
    done: () => (summary === undefined ? undefined : setDone(summary, summary.doneAt === null)),
    attach: () => composer.current?.attach(),
    details: details.toggle,
    sound: () => sound.setMuted(sound.state !== 'muted'),
    list: leave,
    shortcuts: () => setShortcutsOpen(true),
    waiting: () => navigation.show('waiting'),
    open: () => navigation.show('open'),
    allDone: () => navigation.show('done'),
  });
  return {
    snapshot,
    composer,
    notice,
    view: selection.view,
    order,
    navigation,
    summary,
    sound,
    oneColumn,
    details,
    letters,
    setLetters,
    shortcutsOpen,
    setShortcutsOpen,
    setDone,
    loadMore,
  };
}

/** Refreshes the data about the visitor of the open conversation while the operator looks at it, whatever view its row is in. */
function useFreshSummary(chat: OperatorChat, clientId: number | null, attended: boolean): void {
  useEffect(() => {
    if (clientId === null) return undefined;
    chat.fetchSummary(clientId);
    if (!attended) return undefined;
    const timer = setInterval(() => chat.fetchSummary(clientId), REFRESH_MS);
    return () => clearInterval(timer);
  }, [chat, clientId, attended]);
}

/** Whether details are shown: beside the conversation on wide windows (remembered), over it on narrow ones. */
function useDetails(): { readonly shown: boolean; readonly over: boolean; readonly toggle: () => void } {
  const wide = useMedia(THREE_COLUMNS);
  const [beside, setBeside] = useRemembered('switchboard.details.hidden', true);
  const [over, setOver] = useState(false);
  const toggle = useCallback(() => (wide ? setBeside(!beside) : setOver(!over)), [wide, beside, over, setBeside]);
  return { shown: wide ? beside : over, over: !wide && over, toggle };
}
