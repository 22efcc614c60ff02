import type { ConversationHandle, ConnectivitySnapshot } from '@switchboard/client';
import { ComposerState } from '@switchboard/presentation';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

import { Blocked } from './Blocked.tsx';
import { Composer } from './Composer.tsx';
import type { Draft } from './drafts.ts';
import { connectionText } from './connection-text.ts';
import { Log } from './Log.tsx';
import { useTexts } from './texts.ts';
import { useDrop } from './use-drop.ts';
import { useStore } from './use-store.ts';
import { DynamicText } from './DynamicText.tsx';

interface ChatProps {
  readonly conversation: ConversationHandle;
  readonly greeting: string;
  /** The conversation is being ended: messages are refused meanwhile. */
  readonly ending: boolean;
  readonly open: boolean;
  readonly connectivity: ConnectivitySnapshot;
  /** Whether a person may be looking at the frame. */
  readonly attended: boolean;
  /** The text that is typed and not sent yet. */
  readonly draft: Draft;
}

/** An active conversation: log, typing indicator and composer. */
export function Chat({ conversation, greeting, ending, open, attended, connectivity, draft }: ChatProps) {
  const t = useTexts();
  const snapshot = useStore(conversation);
  const [composer] = useState(() => new ComposerState(draft));
  const { blocked } = snapshot;
  const warning = blocked ? null : connectionText(connectivity, t);

  useLayoutEffect(() => composer.attach(conversation), [composer, conversation]);
  useEffect(() => () => composer.close(), [composer]);
  useDrop((content) => (blocked ? undefined : composer.take(content)));

  if (blocked && snapshot.messages.length === 0) return <Blocked alone />;
  return (
    <div class="chat">
      {warning === null ? null : (
        <output class="banner" key="banner">
          <DynamicText>{warning}</DynamicText>
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
      {blocked ? <Blocked /> : <Composer conversation={conversation} composer={composer} ending={ending} />}
    </div>
  );
}
