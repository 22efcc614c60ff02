import type { LeftOver, VisitorChat } from '@switchboard/client';
import { unreachable } from '@switchboard/protocol/body';

import { Words } from './Words.tsx';

interface LeftOversProps {
  readonly chat: VisitorChat;
  readonly messages: readonly LeftOver[];
}

function wordsOf({ type, text }: LeftOver): string {
  switch (type) {
    case 'text':
      return text ?? '';
    case 'image':
      return `Picture ${text ?? ''}`;
    default:
      return unreachable(type);
  }
}

/** What was not sent before the last conversation ended. The next one shows it again, to be sent there. */
export function LeftOvers({ chat, messages }: LeftOversProps) {
  if (messages.length === 0) return null;
  return (
    <>
      <p id="left-overs">This could not be sent before the chat ended. A new chat shows it again, to be sent there.</p>
      <ul class="left" aria-labelledby="left-overs">
        {messages.map((message) => (
          <li key={message.key} class="message">
            <p class="bubble" dir="auto">
              <Words>{wordsOf(message)}</Words>
            </p>
            <p class="status">
              <span translate={false}>Not sent</span>
              <button type="button" onClick={() => void chat.discardLeftOver(message.key)}>
                Discard
              </button>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
