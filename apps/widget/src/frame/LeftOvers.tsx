import type { LeftOver, VisitorChat } from '@switchboard/client';

import { Words } from './Words.tsx';

interface LeftOversProps {
  readonly chat: VisitorChat;
  readonly messages: readonly LeftOver[];
}

/** What was not sent before the last conversation ended. The next one shows it again, to be sent there. */
export function LeftOvers({ chat, messages }: LeftOversProps) {
  if (messages.length === 0) return null;
  return (
    <>
      <p id="left-overs">This could not be sent before the chat ended. A new chat shows it again, to be sent there.</p>
      <ul class="left" aria-labelledby="left-overs">
        {messages.map(({ key, text, isImage }) => (
          <li key={key} class="message">
            <p class="bubble" dir="auto">
              <Words>{isImage ? `Picture ${text ?? ''}` : (text ?? '')}</Words>
            </p>
            <p class="status">
              <span translate={false}>Not sent</span>
              <button type="button" onClick={() => void chat.discardLeftOver(key)}>
                Discard
              </button>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
