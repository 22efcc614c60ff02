import type { VisitorChat } from '@switchboard/client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import type { FrameSettings } from '../messages.ts';
import { Blocked } from './Blocked.tsx';
import { Chat } from './Chat.tsx';
import { Ended } from './Ended.tsx';
import { Header } from './Header.tsx';
import { LeftOvers } from './LeftOvers.tsx';
import type { ParentLine } from './parent-line.ts';
import { DEFAULT_WORDS } from './settings.ts';
import type { Sound } from './sound.ts';
import { StartForm } from './StartForm.tsx';
import { useHostPage } from './use-host-page.ts';
import { useStore } from './use-store.ts';

interface AppProps {
  readonly chat: VisitorChat;
  readonly settings: FrameSettings;
  readonly parent: ParentLine;
  readonly sound: Sound;
}

/** Everything in the frame: the form, then the conversation, then the end of it. */
export function App({ chat, settings, parent, sound }: AppProps) {
  const { phase, unread, username, connection, noLiveConnection, savesFailing, outboxVolatile, blocked, ended, ending, leftOvers } =
    useStore(chat);
  /** The end of the last conversation has been read. */
  const [again, setAgain] = useState(false);
  const visible = useRef(false);
  const main = useRef<HTMLElement>(null);
  const noteVisible = useCallback((now: boolean) => {
    visible.current = now;
  }, []);

  const { framed, open, url, prefill } = useHostPage(parent, main);
  const { title, greeting } = framed ? settings : DEFAULT_WORDS;
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    if (phase === 'active') setAgain(false);
  }, [phase]);

  useEffect(() => parent.tell({ switchboard: 1, type: 'unread', count: unread }), [parent, unread]);
  // `resuming` is neither: the loader keeps what it knows.
  useEffect(() => {
    if (phase !== 'resuming') parent.tell({ switchboard: 1, type: 'conversation', active: phase === 'active' });
  }, [parent, phase]);
  useEffect(() => chat.onArrival(() => (visible.current ? undefined : sound.play())), [chat, sound]);

  const close = () => parent.tell({ switchboard: 1, type: 'close' });
  const { conversation } = chat;
  return (
    <main ref={main} aria-label={title}>
      <Header
        title={title}
        sound={sound}
        onClose={window.parent === window ? undefined : close}
        onEnd={phase === 'active' && !blocked ? async () => await chat.end() : undefined}
      />
      {phase === 'active' && conversation !== undefined ? (
        <Chat
          key={username ?? ''}
          conversation={conversation}
          greeting={greeting}
          ending={ending}
          open={open}
          lines={{ connection, noLiveConnection, savesFailing, outboxVolatile }}
          onVisible={noteVisible}
        />
      ) : blocked ? (
        <Blocked alone />
      ) : phase === 'resuming' ? (
        <output class="quiet">Looking for your conversation …</output>
      ) : ended && !again ? (
        <Ended onAgain={() => setAgain(true)}>
          <LeftOvers chat={chat} messages={leftOvers} />
        </Ended>
      ) : (
        <StartForm
          greeting={greeting}
          leftOvers={<LeftOvers chat={chat} messages={leftOvers} />}
          prefill={prefill}
          onStart={async (form) =>
            await chat.start({ ...form, ...(url === undefined ? {} : { pageUrl: url }), locale: navigator.language })
          }
        />
      )}
    </main>
  );
}
