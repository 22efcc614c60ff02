'use client';

import type { OperatorChat } from '@switchboard/client';
import { useTranslations } from 'use-intl';

import { Conversation } from '../conversation/Conversation.tsx';
import { ChatContext } from '../hooks/chat-context.ts';
import { useDropGuard } from '../hooks/use-drop-guard.ts';
import { useSignOut } from '../sign-in/use-sign-out.ts';
import { Announcer } from './Announcer.tsx';
import { Banners } from './Banners.tsx';
import { ConsoleTitle } from './ConsoleTitle.tsx';
import { NothingSelected } from './NothingSelected.tsx';
import { Notice } from './Notice.tsx';
import type { ConsoleOperator } from './operator.ts';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { Sidebar } from './Sidebar.tsx';
import { SignedOutDialog } from './SignedOutDialog.tsx';
import { SkipLinks } from './SkipLinks.tsx';
import { useConsole } from './use-console.ts';

interface ConsoleProps {
  readonly chat: OperatorChat;
  readonly operator: ConsoleOperator;
  /** The relay's host: `chat.example.com`. */
  readonly relayHost: string;
  /** Called when somebody has signed in again after the session ended. */
  readonly onSignedIn: (email: string) => void;
}

/** The console: the inbox beside a conversation; on a phone one or the other. */
export function Console({ chat, operator, relayHost, onSignedIn }: ConsoleProps) {
  const t = useTranslations('inbox');
  const { snapshot, composer, notice, view, order, navigation, summary, sound, oneColumn, details, ...rest } = useConsole(chat);
  const { clientId, open, back, goWaiting, show } = navigation;
  const { problem, leaving, leave } = useSignOut(operator.id);
  useDropGuard();
  /** On a phone: the list or a conversation. */
  const listAlone = oneColumn && clientId === null;
  const sidebar = (
    <Sidebar
      snapshot={snapshot}
      view={view}
      rows={order.rows}
      news={order.news}
      operator={operator}
      selected={clientId}
      sound={sound}
      singleKeys={rest.letters}
      problem={problem}
      onView={show}
      onOpen={open}
      onMore={rest.loadMore}
      onHold={order.setHolding}
      onShortcuts={() => rest.setShortcutsOpen(true)}
      onSignOut={leave}
    />
  );
  return (
    <ChatContext value={chat}>
      <ConsoleTitle waiting={snapshot.waiting} />
      <div className="isolate flex h-dvh flex-col overflow-hidden">
        {clientId === null ? null : <SkipLinks composer={composer} />}
        <div className="relative flex min-h-0 flex-1">
          <Banners lines={snapshot} relayHost={relayHost} over={listAlone ? 'list' : 'conversation'} />
          {oneColumn ? null : sidebar}
          <main className="flex min-w-0 flex-1">
            {listAlone ? (
              sidebar
            ) : (
              <>
                {oneColumn ? <h1 className="sr-only">{t('title')}</h1> : null}
                {clientId === null ? (
                  <NothingSelected snapshot={snapshot} onWaiting={goWaiting} />
                ) : (
                  <Conversation
                    key={clientId}
                    operatorId={operator.id}
                    clientId={clientId}
                    handle={chat.conversation(clientId)}
                    summary={summary}
                    composer={composer}
                    detailsShown={details.shown}
                    onDone={rest.setDone}
                    onBack={back}
                    onDetails={details.toggle}
                  />
                )}
              </>
            )}
          </main>
        </div>
        <Notice notice={notice.notice} onGone={notice.clear} />
        <Announcer chat={chat} />
        <ShortcutsDialog
          open={rest.shortcutsOpen}
          singleKeys={rest.letters}
          onSingleKeys={rest.setLetters}
          onClose={() => rest.setShortcutsOpen(false)}
        />
        <SignedOutDialog
          open={snapshot.signedOut && !leaving}
          somebodyElse={snapshot.somebodyElse}
          operator={operator}
          onSignedIn={onSignedIn}
        />
      </div>
    </ChatContext>
  );
}
