import type { VisitorChat } from '@switchboard/client';
import { useEffect, useRef } from 'preact/hooks';

import type { FrameSettings } from '../messages.ts';
import { Blocked } from './Blocked.tsx';
import { Chat } from './Chat.tsx';
import type { Drafts } from './drafts.ts';
import { Ended } from './Ended.tsx';
import { Header } from './Header.tsx';
import { LeftOvers } from './LeftOvers.tsx';
import { LookingFor } from './LookingFor.tsx';
import type { ParentLine } from './parent-line.ts';
import type { Sound } from './sound.ts';
import { StartForm } from './StartForm.tsx';
import { useTexts } from './texts.ts';
import { useAttention } from './use-attention.ts';
import { useHostPage } from './use-host-page.ts';
import { useSteps } from './use-steps.ts';
import { useStore } from './use-store.ts';
import { Words } from './Words.tsx';

interface AppProps {
  readonly chat: VisitorChat;
  readonly settings: FrameSettings;
  readonly parent: ParentLine;
  readonly sound: Sound;
  readonly drafts: Drafts;
}

/** Everything in the frame: the form, then the conversation, then the end of it. */
export function App({ chat, settings, parent, sound, drafts }: AppProps) {
  const snapshot = useStore(chat);
  const { phase, unread, username, blocked, ended, ending, leftOvers, formerName } = snapshot;
  const main = useRef<HTMLElement>(null);
  const { framed, open, url, prefill } = useHostPage(parent, main);
  const attended = useAttention(parent);
  const t = useTexts();
  // In a link anybody could write them: without a loader around the frame they are not shown.
  const title = (framed ? settings.title : undefined) ?? t('title');
  const greeting = framed ? (settings.greeting ?? t('greeting')) : t('greetingAlone');
  const { again, announced, start, end, startAgain } = useSteps(chat, main, url);
  useEffect(() => {
    if (ended) drafts.clear();
  }, [ended, drafts]);
  useEffect(() => {
    if (url !== undefined) chat.setPage(url);
  }, [chat, url]);
  useEffect(() => {
    document.title = title;
  }, [title]);

  useEffect(() => parent.tell({ switchboard: 1, type: 'unread', count: unread }), [parent, unread]);
  // `resuming` is neither: the loader keeps what it knows.
  useEffect(() => {
    if (phase !== 'resuming') parent.tell({ switchboard: 1, type: 'conversation', active: phase === 'active' });
  }, [parent, phase]);
  useEffect(() => chat.onArrival(({ seen }) => (seen === true ? undefined : sound.play())), [chat, sound]);

  const close = () => parent.tell({ switchboard: 1, type: 'close' });
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
        <Words>{announced}</Words>
      </output>
      {phase === 'active' && conversation !== undefined ? (
        <Chat
          key={username ?? ''}
          conversation={conversation}
          greeting={greeting}
          ending={ending}
          open={open}
          lines={snapshot}
          attended={attended}
          draft={drafts.message}
        />
      ) : blocked ? (
        <Blocked alone />
      ) : phase === 'resuming' ? (
        <LookingFor />
      ) : ended && !again ? (
        <Ended onAgain={startAgain}>
          <LeftOvers chat={chat} messages={leftOvers} />
        </Ended>
      ) : (
        <StartForm
          greeting={greeting}
          leftOvers={<LeftOvers chat={chat} messages={leftOvers} />}
          prefill={formerName === null ? prefill : { name: formerName, ...prefill }}
          drafts={drafts}
          onStart={start}
          onSend={async (text) => await chat.conversation?.sendText(text)}
        />
      )}
    </main>
  );
}
