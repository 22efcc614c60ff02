import type { ConversationHandle, LinesSnapshot } from '@switchboard/client';
import { plainReason } from '@switchboard/client/view';
import { useEffect, useState } from 'preact/hooks';

import { Blocked } from './Blocked.tsx';
import { Composer } from './Composer.tsx';
import type { Draft } from './drafts.ts';
import { troubleOf } from './line-words.ts';
import { Log } from './Log.tsx';
import { useDrop } from './use-drop.ts';
import { useStore } from './use-store.ts';
import { Words } from './Words.tsx';

interface ChatProps {
  readonly conversation: ConversationHandle;
  readonly greeting: string;
  /** The conversation is being ended: nothing is taken meanwhile. */
  readonly ending: boolean;
  readonly open: boolean;
  readonly lines: LinesSnapshot;
  /** Told whether a person sees the end of the conversation now. */
  readonly onVisible: (visible: boolean) => void;
  /** What is being written, and not sent yet. */
  readonly draft: Draft;
}

/** The conversation. */
export function Chat({ conversation, greeting, ending, open, lines, onVisible, draft }: ChatProps) {
  const snapshot = useStore(conversation);
  const [atEnd, setAtEnd] = useState(true);
  const [problem, setProblem] = useState<string>();
  const { blocked } = snapshot;
  const warning = blocked ? null : troubleOf(lines);

  useEffect(() => {
    const look = () => {
      const visible = open && atEnd && document.visibilityState === 'visible';
      onVisible(visible);
      conversation.setVisible(visible);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      onVisible(false);
      conversation.setVisible(false);
    };
  }, [conversation, open, atEnd, onVisible]);

  const sendImages = async (files: readonly File[]) => {
    setProblem(undefined);
    for (const file of files) {
      try {
        await conversation.sendImage(file, file.name === '' ? 'picture' : file.name);
      } catch (error) {
        setProblem(plainReason(error));
      }
    }
  };
  useDrop((files) => (blocked || ending ? undefined : void sendImages(files)));

  if (blocked && snapshot.messages.length === 0) return <Blocked alone />;
  return (
    <div class="chat">
      {warning === null ? null : (
        <output class="banner" key="banner">
          <Words>{warning}</Words>
        </output>
      )}
      <Log conversation={conversation} snapshot={snapshot} greeting={greeting} open={open} onAtEnd={setAtEnd} />
      <p class="typing" aria-live="polite">
        {snapshot.peerTyping === null ? null : (
          <span key={snapshot.peerTyping} dir="auto" translate={false}>{`${snapshot.peerTyping} is typing …`}</span>
        )}
      </p>
      {blocked ? (
        <Blocked />
      ) : (
        <Composer
          conversation={conversation}
          draft={draft}
          ending={ending}
          problem={problem}
          onProblem={setProblem}
          onImages={(files) => void sendImages(files)}
        />
      )}
    </div>
  );
}
