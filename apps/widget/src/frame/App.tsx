import type { VisitorChat } from '@switchboard/client';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { FrameSettings, LoaderMessages } from '../messages.ts';
import { Chat } from './Chat.tsx';
import { Ended } from './Ended.tsx';
import { Header } from './Header.tsx';
import type { ParentLine } from './parent-line.ts';
import type { Sound } from './sound.ts';
import { StartForm } from './StartForm.tsx';
import { useStore } from './use-store.ts';

interface AppProps {
  readonly chat: VisitorChat;
  readonly settings: FrameSettings;
  readonly parent: ParentLine;
  readonly sound: Sound;
}

/** Everything in the frame: the form, then the conversation, then the end of it. */
export function App({ chat, settings, parent, sound }: AppProps) {
  const { phase, unread, username, connection, savesFailing, outboxVolatile } = useStore(chat);
  // Opened by itself, without a loader around it, the frame is a page that is always open.
  const [open, setOpen] = useState(window.parent === window);
  const [page, setPage] = useState<string>();
  const [prefill, setPrefill] = useState<LoaderMessages['prefill']>({});
  const [ended, setEnded] = useState(false);
  const visible = useRef(false);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    parent.onMessage((message) => {
      switch (message.type) {
        case 'opened':
          setOpen(true);
          document.documentElement.toggleAttribute('data-full', message.full);
          if (message.focus) requestAnimationFrame(() => main.current?.querySelector<HTMLElement>('[data-first-focus]')?.focus());
          return;
        case 'closed':
          setOpen(false);
          return;
        case 'page':
          setPage(message.url);
          return;
        case 'prefill':
          setPrefill(message);
      }
    });
    parent.tell({ switchboard: 1, type: 'ready' });
  }, [parent]);

  useEffect(() => parent.tell({ switchboard: 1, type: 'unread', count: unread }), [parent, unread]);
  // `resuming` is neither: the loader keeps what it knows.
  useEffect(() => {
    if (phase !== 'resuming') parent.tell({ switchboard: 1, type: 'conversation', active: phase === 'active' });
  }, [parent, phase]);
  useEffect(() => chat.onArrival(() => (visible.current ? undefined : sound.play())), [chat, sound]);

  const close = () => parent.tell({ switchboard: 1, type: 'close' });
  const { conversation } = chat;
  return (
    <main
      ref={main}
      aria-label={settings.title}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close();
      }}
    >
      <Header
        title={settings.title}
        sound={sound}
        onClose={window.parent === window ? undefined : close}
        onEnd={
          phase === 'active'
            ? async () => {
                await chat.end();
                setEnded(true);
              }
            : undefined
        }
      />
      {phase === 'active' && conversation !== undefined ? (
        <Chat
          key={username ?? ''}
          conversation={conversation}
          greeting={settings.greeting}
          open={open}
          lines={{ connection, savesFailing, outboxVolatile }}
          onVisible={(now) => {
            visible.current = now;
          }}
        />
      ) : phase === 'resuming' ? (
        <p class="quiet" role="status">
          Looking for your conversation …
        </p>
      ) : ended ? (
        <Ended onAgain={() => setEnded(false)} />
      ) : (
        <StartForm
          greeting={settings.greeting}
          prefill={prefill}
          onStart={async (form) =>
            await chat.start({ ...form, ...(page === undefined ? {} : { pageUrl: page }), locale: navigator.language })
          }
        />
      )}
    </main>
  );
}
