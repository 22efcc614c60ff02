import { MAX_TEXT_LENGTH } from '@switchboard/protocol/limits';
import { useLayoutEffect, useRef } from 'preact/hooks';

import type { Draft } from './drafts.ts';
import { useDraft } from './drafts.ts';
import { moveFocus } from './focus.ts';
import { isSendKey } from './keys.ts';
import { useTexts } from './texts.ts';
import { DynamicText } from './DynamicText.tsx';

/** A message that the visitor has sent before the conversation was started. */
export interface WaitingText {
  readonly place: number;
  readonly text: string;
}

interface StartingProps {
  readonly greeting: string;
  readonly draft: Draft;
  readonly waiting: readonly WaitingText[];
  readonly onSend: (text: string) => void;
}

/** The screen while the conversation is being started: it looks like the conversation, and messages can already be typed and sent. */
export function Starting({ greeting, draft, waiting, onSend }: StartingProps) {
  const t = useTexts();
  const [text, setText] = useDraft(draft);
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => moveFocus(place.current), []);
  const press = (event: KeyboardEvent) => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    // A text that is too long stays in the field; the conversation will show the problem.
    if (text.trim() === '' || text.length > MAX_TEXT_LENGTH) return;
    onSend(text);
    setText('');
  };
  return (
    <div class="chat" ref={place}>
      <div class="scene">
        <div class="log">
          <div class="content">
            <p class="greeting" dir="auto">
              <DynamicText>{greeting}</DynamicText>
            </p>
            {waiting.length === 0 ? null : (
              <section class="group own" aria-label={t('you')}>
                {waiting.map(({ place: key, text: said }) => (
                  <div class="message" key={key}>
                    <p class="bubble" dir="auto">
                      {said}
                    </p>
                    <p class="status">
                      <span translate={false}>{t('sending')}</span>
                    </p>
                  </div>
                ))}
              </section>
            )}
          </div>
        </div>
      </div>
      <output class="quiet">{t('starting')}</output>
      <div class="composer">
        <div class="field">
          <textarea
            rows={1}
            dir="auto"
            aria-label={t('message')}
            placeholder={t('write')}
            data-first-focus
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={press}
          />
        </div>
      </div>
    </div>
  );
}
