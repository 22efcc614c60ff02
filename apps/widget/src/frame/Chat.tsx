import type { ConversationHandle, LinesSnapshot } from '@switchboard/client';
import { plainReason } from '@switchboard/client/view';
import { useEffect, useState } from 'preact/hooks';

import { Blocked } from './Blocked.tsx';
import { Composer } from './Composer.tsx';
import { troubleOf } from './line-words.ts';
import { Log } from './Log.tsx';
import { useStore } from './use-store.ts';

interface ChatProps {
  readonly conversation: ConversationHandle;
  readonly greeting: string;
  /** The conversation is being ended: nothing is taken meanwhile. */
  readonly ending: boolean;
  readonly open: boolean;
  readonly lines: LinesSnapshot;
  /** Told whether a person sees the end of the conversation now. */
  readonly onVisible: (visible: boolean) => void;
}

/** The conversation. */
export function Chat({ conversation, greeting, ending, open, lines, onVisible }: ChatProps) {
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
  const drop = (event: DragEvent) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0 || blocked) return;
    event.preventDefault();
    void sendImages(files);
  };

  if (blocked && snapshot.messages.length === 0) return <Blocked alone />;
  return (
    <div class="chat" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      {warning === null ? null : <output class="banner">{warning}</output>}
      <Log conversation={conversation} snapshot={snapshot} greeting={greeting} open={open} onAtEnd={setAtEnd} />
      <p class="typing" aria-live="polite">
        {snapshot.peerTyping === null ? null : <span dir="auto">{snapshot.peerTyping} is typing …</span>}
      </p>
      {blocked ? (
        <Blocked />
      ) : (
        <Composer
          conversation={conversation}
          ending={ending}
          problem={problem}
          onProblem={setProblem}
          onImages={(files) => void sendImages(files)}
        />
      )}
    </div>
  );
}
