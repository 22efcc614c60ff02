import type { ConversationHandle } from '@switchboard/client';
import { plainReason } from '@switchboard/client/view';
import { IMAGE_TYPES, MAX_TEXT_LENGTH } from '@switchboard/protocol/limits';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { type Draft, useDraft } from './drafts.ts';
import { ImageIcon, SendIcon } from './icons.tsx';
import { isSendKey } from './keys.ts';

interface ComposerProps {
  readonly conversation: ConversationHandle;
  readonly draft: Draft;
  /** The conversation is being ended: what is typed stays, and nothing is taken. */
  readonly ending: boolean;
  readonly problem: string | undefined;
  readonly onProblem: (problem: string | undefined) => void;
  readonly onImages: (files: readonly File[]) => void;
}

/** Where the visitor writes: Enter sends, Shift+Enter breaks the line, and the text stays until the outbox has it. */
export function Composer({ conversation, draft, ending, problem, onProblem, onImages }: ComposerProps) {
  const [text, setText] = useDraft(draft);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const tooLong = text.length > MAX_TEXT_LENGTH;
  const ready = text.trim() !== '' && !tooLong && !busy && !ending;

  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const change = (next: string) => {
    setText(next);
    conversation.setTyping(next.trim() !== '');
  };
  const send = async () => {
    if (!ready) return;
    setBusy(true);
    onProblem(undefined);
    try {
      await conversation.sendText(text);
      change('');
    } catch (error) {
      onProblem(plainReason(error));
    } finally {
      setBusy(false);
      field.current?.focus();
    }
  };
  const press = (event: KeyboardEvent) => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    void send();
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length === 0) return;
    event.preventDefault();
    onImages(pasted);
  };

  return (
    <div class="composer">
      {ending ? <output class="quiet">The chat is being ended. You can’t write meanwhile.</output> : null}
      {problem === undefined && !tooLong ? null : (
        <p class="problem" role="alert">
          {tooLong ? `${text.length} of ${MAX_TEXT_LENGTH} characters. Shorten it to send it.` : problem}
        </p>
      )}
      <div class="field">
        <Attach disabled={ending} onImages={onImages} />
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label="Message"
          placeholder="Write a message"
          data-first-focus
          enterkeyhint="send"
          readOnly={busy || ending}
          value={text}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={press}
          onPaste={paste}
          onBlur={() => conversation.setTyping(false)}
        />
        <button type="button" class="icon send" aria-label="Send" title="Send" disabled={!ready} onClick={() => void send()}>
          <SendIcon />
        </button>
      </div>
    </div>
  );
}

function Attach({ disabled, onImages }: Pick<ComposerProps, 'onImages'> & { readonly disabled: boolean }) {
  const files = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="icon"
        aria-label="Attach image"
        title="Attach image"
        disabled={disabled}
        onClick={() => files.current?.click()}
      >
        <ImageIcon />
      </button>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        tabIndex={-1}
        aria-label="Image file"
        accept={IMAGE_TYPES.join(',')}
        onChange={(event) => {
          onImages([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
