import type { ConversationHandle, LinesSnapshot } from '@switchboard/client';
import { Composing } from '@switchboard/presentation';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

import { Blocked } from './Blocked.tsx';
import { Composer } from './Composer.tsx';
import type { Draft } from './drafts.ts';
import { troubleOf } from './line-words.ts';
import { Log } from './Log.tsx';
import { useTexts } from './texts.ts';
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
  /** Whether a person may look at the frame now. */
  readonly attended: boolean;
  /** What is being written, and not sent yet. */
  readonly draft: Draft;
}

/** The conversation. */
export function Chat({ conversation, greeting, ending, open, attended, lines, draft }: ChatProps) {
  const t = useTexts();
  const snapshot = useStore(conversation);
  const [composing] = useState(() => new Composing(draft));
  const { blocked } = snapshot;
  const warning = blocked ? null : troubleOf(lines, t);

  useLayoutEffect(() => composing.attach(conversation), [composing, conversation]);
  useEffect(() => () => composing.close(), [composing]);
  useDrop((handed) => (blocked ? undefined : composing.take(handed)));

  if (blocked && snapshot.messages.length === 0) return <Blocked alone />;
  return (
    <div class="chat">
      {warning === null ? null : (
        <output class="banner" key="banner">
          <Words>{warning}</Words>
        </output>
      )}
      <Log conversation={conversation} snapshot={snapshot} greeting={greeting} open={open} attended={attended} />
      <p class="typing" aria-live="polite">
        {snapshot.peerTyping === null ? null : (
          <span key={snapshot.peerTyping} dir="auto" translate={false}>
            {t('typing', { name: snapshot.peerTyping })}
          </span>
        )}
      </p>
      {blocked ? <Blocked /> : <Composer conversation={conversation} composing={composing} ending={ending} />}
    </div>
  );
}
