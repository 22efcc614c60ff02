'use client';

import type { OperatorChat } from '@switchboard/client';
import { useRef, useState } from 'react';

import type { ComposerActions } from '../conversation/Composer.tsx';
import { Conversation } from '../conversation/Conversation.tsx';
import { useAttention } from '../hooks/use-attention.ts';
import { ONE_COLUMN, THREE_COLUMNS, useMedia } from '../hooks/use-media.ts';
import { useRemembered } from '../hooks/use-remembered.ts';
import { useShortcuts, type ShortcutName } from '../hooks/use-shortcuts.ts';
import { useSound } from '../hooks/use-sound.ts';
import { useOperatorChat } from '../hooks/use-store.ts';
import { useSignOut } from '../sign-in/use-sign-out.ts';
import { TooltipProvider } from '../ui/Tooltip.tsx';
import { Banners } from './Banners.tsx';
import { NothingSelected } from './NothingSelected.tsx';
import type { ConsoleOperator } from './operator.ts';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { Sidebar } from './Sidebar.tsx';
import { SignedOutDialog } from './SignedOutDialog.tsx';
import { useNavigation } from './use-navigation.ts';
import { useTitle } from './use-title.ts';

interface ConsoleProps {
  readonly chat: OperatorChat;
  readonly operator: ConsoleOperator;
  /** Where the relay should be: `chat.example.com`. */
  readonly relayHost: string;
  /** Somebody has signed in again after the session was over. */
  readonly onSignedIn: (email: string) => void;
}

/** Where operators work: the inbox on one side, a conversation on the other; on a phone one after the other. */
export function Console({ chat, operator, relayHost, onSignedIn }: ConsoleProps) {
  const snapshot = useOperatorChat(chat);
  const composer = useRef<ComposerActions>(null);
  const { clientId, open, back, go, focusOpenRow } = useNavigation(snapshot.conversations, composer);
  const attended = useAttention();
  const sound = useSound(chat, attended ? clientId : null);
  const oneColumn = useMedia(ONE_COLUMN);
  const details = useDetails();
  const [letters, setLetters] = useRemembered('switchboard.shortcuts.letters.off', true);
  const [shortcutsOpen, setShortcutsOpen] = useState(false);
  const { problem, leaving, leave } = useSignOut(operator.id);
  useTitle(snapshot);
  const actions: Readonly<Record<ShortcutName, () => void>> = {
    next: () => go(1),
    previous: () => go(-1),
    reply: () => composer.current?.focus(),
    attach: () => composer.current?.attach(),
    details: details.toggle,
    sound: () => sound.setMuted(sound.state !== 'muted'),
    list: () => (oneColumn ? clientId !== null && back() : focusOpenRow()),
    shortcuts: () => setShortcutsOpen(true),
  };
  useShortcuts(letters, (name) => actions[name]());

  return (
    <TooltipProvider delay={500}>
      <div className="isolate flex h-dvh flex-col overflow-hidden">
        <div className="relative flex min-h-0 flex-1">
          <Banners lines={snapshot} relayHost={relayHost} over={oneColumn && clientId === null ? 'list' : 'conversation'} />
          {oneColumn && clientId !== null ? null : (
            <Sidebar
              snapshot={snapshot}
              operator={operator}
              selected={clientId}
              sound={sound}
              problem={problem}
              onOpen={open}
              onShortcuts={() => setShortcutsOpen(true)}
              onSignOut={leave}
            />
          )}
          <main className={`min-w-0 flex-1 ${oneColumn && clientId === null ? 'hidden' : 'flex'}`}>
            {oneColumn ? <h1 className="sr-only">Inbox</h1> : null}
            {clientId === null ? (
              <NothingSelected snapshot={snapshot} />
            ) : (
              <Conversation
                key={clientId}
                operatorId={operator.id}
                clientId={clientId}
                handle={chat.conversation(clientId)}
                summary={snapshot.conversations.find((summary) => summary.clientId === clientId)}
                composer={composer}
                detailsShown={details.shown}
                setBlocked={async (blocked) => await chat.setBlocked(clientId, blocked)}
                onBack={back}
                onDetails={details.toggle}
              />
            )}
          </main>
        </div>
        <ShortcutsDialog open={shortcutsOpen} singleKeys={letters} onSingleKeys={setLetters} onClose={() => setShortcutsOpen(false)} />
        <SignedOutDialog
          open={snapshot.signedOut && !leaving}
          somebodyElse={snapshot.somebodyElse}
          operator={operator}
          onSignedIn={onSignedIn}
        />
      </div>
    </TooltipProvider>
  );
}

/** Beside the conversation where there is room (remembered), over it where there is none. */
function useDetails(): { readonly shown: boolean; readonly toggle: () => void } {
  const wide = useMedia(THREE_COLUMNS);
  const [beside, setBeside] = useRemembered('switchboard.details.hidden', true);
  const [over, setOver] = useState(false);
  return { shown: wide ? beside : over, toggle: () => (wide ? setBeside(!beside) : setOver(!over)) };
}
