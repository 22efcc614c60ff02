import type { UnsentMessage, VisitorChat } from '@switchboard/client';
import { unreachable } from '@switchboard/protocol/body';

import { pictureName } from './Group.tsx';
import { useTexts, type Texts } from './texts.ts';
import { DynamicText } from './DynamicText.tsx';

interface UnsentMessagesProps {
  readonly chat: VisitorChat;
  readonly messages: readonly UnsentMessage[];
}

function describe({ type, text }: UnsentMessage, t: Texts): string {
  switch (type) {
    case 'text':
      return text ?? '';
    case 'image':
      return pictureName(text, t);
    default:
      return unreachable(type);
  }
}

/** Messages that were not sent before the last conversation ended. The next conversation shows them again, to be sent there. */
export function UnsentMessages({ chat, messages }: UnsentMessagesProps) {
  const t = useTexts();
  if (messages.length === 0) return null;
  return (
    <>
      <p id="unsent-messages">{t('unsentMessages')}</p>
      <ul class="left" aria-labelledby="unsent-messages">
        {messages.map((message) => (
          <li key={message.key} class="message">
            <p class="bubble" dir="auto">
              <DynamicText>{describe(message, t)}</DynamicText>
            </p>
            <p class="status">
              <span translate={false}>{t('failed')}</span>
              <button type="button" onClick={() => void chat.discardUnsentMessage(message.key)}>
                {t('discard')}
              </button>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
