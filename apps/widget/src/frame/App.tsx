import type { VisitorChat } from '@switchboard/client';
import { useEffect, useRef } from 'preact/hooks';

import type { FrameSettings } from '../messages.ts';
import { Blocked } from './Blocked.tsx';
import { Chat } from './Chat.tsx';
import type { Drafts } from './drafts.ts';
import { Ended } from './Ended.tsx';
import { Header } from './Header.tsx';
import { UnsentMessages } from './UnsentMessages.tsx';
import { Resuming } from './Resuming.tsx';
import type { HostMessages } from './host-messages.ts';
import type { ServerConfig } from './settings.ts';
import type { Sound } from './sound.ts';
import { StartForm } from './StartForm.tsx';
import { useTexts } from './texts.ts';
import { useAttention } from './use-attention.ts';
import { useHostPage } from './use-host-page.ts';
import { useNavigation } from './use-navigation.ts';
import { useStore } from './use-store.ts';
import { DynamicText } from './DynamicText.tsx';

interface AppProps {
  readonly chat: VisitorChat;
  /** The installation's words, for where the page around the frame has none. */
  readonly config: Pick<ServerConfig, 'title' | 'greeting'>;
  readonly settings: FrameSettings;
  readonly parent: HostMessages;
  readonly sound: Sound;
  readonly drafts: Drafts;
}

/** Everything in the frame: the form, then the conversation, then the end of it. */
export function App({ chat, config, settings, parent, sound, drafts }: AppProps) {
  const snapshot = useStore(chat);
  const { phase, unread, username, blocked, ended, ending, unsentMessages, formerName } = snapshot;
  const main = useRef<HTMLElement>(null);
  const { framed, open, url, prefill } = useHostPage(parent, main);
  const attended = useAttention(parent);
  const t = useTexts();
  // Anybody could put texts into a link: without a loader around the frame they are not shown.
  const texts: Partial<FrameSettings> = framed ? settings : {};
  const title = texts.title ?? (config.title || t('title'));
  const greeting = texts.greeting ?? (config.greeting || t(framed ? 'greeting' : 'greetingAlone'));
  const { again, announced, start, end, startAgain } = useNavigation(chat, main, { pageUrl: url, inbox: settings.inbox });
  useEffect(() => {
    if (ended) drafts.clear();
  }, [ended, drafts]);
  useEffect(() => {
    if (url !== undefined) chat.setPage(url);
  }, [chat, url]);
  useEffect(() => {
    document.title = title;
  }, [title]);

  useEffect(() => parent.send({ switchboard: 1, type: 'unread', count: unread }), [parent, unread]);
  // While resuming, the loader keeps its last state.
  useEffect(() => {
    if (phase !== 'resuming') parent.send({ switchboard: 1, type: 'conversation', active: phase === 'active' });
  }, [parent, phase]);
  useEffect(() => chat.onArrival(({ seen }) => (seen === true ? undefined : sound.play())), [chat, sound]);

  const close = () => parent.send({ switchboard: 1, type: 'close' });
  const { conversation } = chat;
  return (
    <main ref={main} aria-label={title}>
      <Header
        title={title}
        sound={sound}
        onClose={window.parent === window ? undefined : close}
        onEnd={phase === 'active' && !blocked ? end : undefined}
        ending={ending}
      />
      <output class="hidden">
        <DynamicText>{announced}</DynamicText>
      </output>
      {phase === 'active' && conversation !== undefined ? (
        <Chat
          key={username ?? ''}
          conversation={conversation}
          greeting={greeting}
          ending={ending}
          open={open}
          connectivity={snapshot}
          attended={attended}
          draft={drafts.message}
        />
      ) : blocked ? (
        <Blocked alone />
      ) : phase === 'resuming' ? (
        <Resuming />
      ) : ended && !again ? (
        <Ended onAgain={startAgain}>
          <UnsentMessages chat={chat} messages={unsentMessages} />
        </Ended>
      ) : (
        <StartForm
          greeting={greeting}
          unsentMessages={<UnsentMessages chat={chat} messages={unsentMessages} />}
          prefill={formerName === null ? prefill : { name: formerName, ...prefill }}
          drafts={drafts}
          onStart={start}
          onSend={async (text) => await chat.conversation?.sendText(text)}
        />
      )}
    </main>
  );
}
