import type { ConversationHandle } from '@switchboard/client';
import { type ComposerState, type PickedPicture, readTransfer } from '@switchboard/presentation';
import { IMAGE_TYPES, MAX_TEXT_LENGTH } from '@switchboard/protocol/limits';
import { useLayoutEffect, useRef } from 'preact/hooks';

import './tray.css';
import { ImageIcon, RemoveIcon, SendIcon } from './icons.tsx';
import { isSendKey } from './keys.ts';
import { useTexts } from './texts.ts';
import { useStore } from './use-store.ts';

interface ComposerProps {
  readonly conversation: ConversationHandle;
  readonly composer: ComposerState;
  /** The conversation is being ended: typed text stays, and nothing is sent. */
  readonly ending: boolean;
}

/** The composer: Enter sends, Shift+Enter inserts a line break, and attached pictures are shown above the field until they are sent together with its text. */
export function Composer({ conversation, composer, ending }: ComposerProps) {
  const t = useTexts();
  const { text, pictures, ready } = useStore(composer);
  const field = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const send = () => {
    if (!ending) composer.send();
    field.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    send();
  };
  const add = (files: readonly File[]) => {
    composer.add(files);
    // So that Enter sends them.
    field.current?.focus();
  };
  const paste = (event: ClipboardEvent) => {
    const { files } = readTransfer(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    add(files);
  };

  return (
    <div class="composer">
      {ending ? <output class="quiet">{t('ending')}</output> : null}
      <Problems composer={composer} />
      <Tray
        pictures={pictures}
        onRemove={(id) => {
          composer.remove(id);
          field.current?.focus();
        }}
      />
      <div class="field">
        <Attach onFiles={add} />
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={t('message')}
          placeholder={t(pictures.length === 0 ? 'write' : 'caption')}
          data-first-focus
          enterkeyhint="send"
          value={text}
          onInput={(event) => composer.change(event.currentTarget.value)}
          onKeyDown={press}
          onPaste={paste}
          onBlur={() => conversation.setTyping(false)}
        />
        <button type="button" class="icon send" aria-label={t('send')} title={t('send')} disabled={!ready || ending} onClick={send}>
          <SendIcon />
        </button>
      </div>
    </div>
  );
}

function Problems({ composer }: Pick<ComposerProps, 'composer'>) {
  const t = useTexts();
  const { text, problems, tooLong } = useStore(composer);
  const length = tooLong ? [t('tooLong', { length: text.length, max: MAX_TEXT_LENGTH })] : [];
  return (
    <>
      {[...problems.map((problem) => t.problem(problem)), ...length].map((problem) => (
        <p class="problem" role="alert" key={problem} dir="auto">
          {problem}
        </p>
      ))}
    </>
  );
}

interface TrayProps {
  readonly pictures: readonly PickedPicture[];
  readonly onRemove: (id: number) => void;
}

/** The attached pictures. */
function Tray({ pictures, onRemove }: TrayProps) {
  const t = useTexts();
  if (pictures.length === 0) return null;
  return (
    <ul class="tray" aria-label={t('toSend')}>
      {pictures.map(({ id, name, url }) => (
        <li key={id}>
          <img src={url} alt="" />
          <bdi title={name}>{name}</bdi>
          <button type="button" aria-label={t('removeNamed', { name })} title={t('remove')} onClick={() => onRemove(id)}>
            <RemoveIcon />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Attach({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const t = useTexts();
  const files = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="icon" aria-label={t('attach')} title={t('attach')} onClick={() => files.current?.click()}>
        <ImageIcon />
      </button>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        tabIndex={-1}
        aria-label={t('imageFile')}
        accept={IMAGE_TYPES.join(',')}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
