import type { LeftOver, VisitorChat } from '@switchboard/client';
import { unreachable } from '@switchboard/protocol/body';

import { pictureName } from './Group.tsx';
import { useTexts, type Texts } from './texts.ts';
import { Words } from './Words.tsx';

interface LeftOversProps {
  readonly chat: VisitorChat;
  readonly messages: readonly LeftOver[];
}

function wordsOf({ type, text }: LeftOver, t: Texts): string {
  switch (type) {
    case 'text':
      return text ?? '';
    case 'image':
      return pictureName(text, t);
    default:
      return unreachable(type);
  }
}

/** What was not sent before the last conversation ended. The next one shows it again, to be sent there. */
export function LeftOvers({ chat, messages }: LeftOversProps) {
  const t = useTexts();
  if (messages.length === 0) return null;
  return (
    <>
      <p id="left-overs">{t('leftOvers')}</p>
      <ul class="left" aria-labelledby="left-overs">
        {messages.map((message) => (
          <li key={message.key} class="message">
            <p class="bubble" dir="auto">
              <Words>{wordsOf(message, t)}</Words>
            </p>
            <p class="status">
              <span translate={false}>{t('failed')}</span>
              <button type="button" onClick={() => void chat.discardLeftOver(message.key)}>
                {t('discard')}
              </button>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
