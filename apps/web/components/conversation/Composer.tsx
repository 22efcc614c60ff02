import { type TransferContent, formatLocale, readTransfer } from '@switchboard/presentation';
import { IMAGE_TYPES, MAX_TEXT_LENGTH } from '@switchboard/protocol/limits';
import {
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
  type RefObject,
} from 'react';
import { useLocale, useTranslations } from 'use-intl';

import { problemText } from '../text/problems.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { AlertIcon, ArrowUpIcon, CloseIcon, ImageIcon } from '../ui/icons.tsx';
import { Tray } from './Tray.tsx';
import type { Sending } from './use-sending.ts';

/** From this length on the field shows how much room is left. */
const COUNT_FROM = MAX_TEXT_LENGTH - 500;

/** Actions that shortcuts trigger in the composer. */
export interface ComposerActions {
  focus(): void;
  attach(): void;
}

interface ComposerProps {
  readonly sending: Sending;
  readonly actions: Ref<ComposerActions>;
  /** The person at the keyboard left the field. */
  readonly onLeave: () => void;
}

/** The composer: Enter sends, Shift+Enter breaks the line, and pictures wait above the field until they are sent with its text. */
export function Composer({ sending, actions, onLeave }: ComposerProps) {
  const t = useTranslations('composer');
  const field = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const { text, tooLong, pictures } = sending;
  useHeight(field, text);
  useImperativeHandle(actions, () => ({ focus: () => field.current?.focus(), attach: () => files.current?.click() }), []);

  const press = (event: KeyboardEvent) => {
    // 229: a key that an input method is processing; Safari has ended the composition by then.
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    sending.send();
  };
  /** Returns the focus to the field after a button press, so that Enter sends. */
  const thenWrite = (act: () => void) => {
    act();
    field.current?.focus();
  };
  const take = (handed: TransferContent) => thenWrite(() => sending.take(handed));
  const paste = (event: ClipboardEvent) => {
    const handed = readTransfer(event.clipboardData);
    if (handed.files.length === 0) return;
    event.preventDefault();
    take(handed);
  };

  return (
    <div className="mx-auto w-full max-w-[800px] px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] two:px-6 two:pb-[max(1.25rem,env(safe-area-inset-bottom))]">
      <Problems sending={sending} />
      <Tray pictures={pictures} onRemove={(id) => thenWrite(() => sending.remove(id))} />
      <div className="flex items-end gap-1 rounded-xl border border-line-strong bg-surface p-1 transition-colors focus-within:border-accent focus-within:outline-2 focus-within:outline-accent focus-within:[outline-offset:-1px]">
        <IconButton label={t('attach')} keys={['A']} onClick={() => files.current?.click()}>
          <ImageIcon />
        </IconButton>
        <input
          ref={files}
          type="file"
          accept={IMAGE_TYPES.join(',')}
          multiple
          className="hidden"
          aria-label={t('file')}
          onChange={(event) => {
            take({ files: [...(event.target.files ?? [])], text: '' });
            event.target.value = '';
          }}
        />
        <textarea
          ref={field}
          id="message"
          rows={1}
          dir="auto"
          aria-label={t('message')}
          placeholder={t(pictures.length === 0 ? 'reply' : 'caption')}
          value={text}
          aria-invalid={tooLong}
          onChange={(event) => sending.change(event.target.value)}
          onKeyDown={press}
          onPaste={paste}
          onBlur={onLeave}
          enterKeyHint="send"
          className="max-h-[40dvh] min-h-8 flex-1 resize-none bg-transparent px-1 py-1.5 text-14 outline-none placeholder:text-ink-faint touch:min-h-11 touch:py-2.5 touch:text-16"
        />
        <Tooltip label={t('send')} keys={[t('sendKey')]}>
          <Button
            look="primary"
            aria-label={t('send')}
            disabled={!sending.ready}
            onClick={() => thenWrite(sending.send)}
            className="!px-2.5 touch:!px-3.5"
          >
            <ArrowUpIcon />
            <span className="hidden two:inline">{t('send')}</span>
          </Button>
        </Tooltip>
      </div>
    </div>
  );
}

function Problems({ sending }: { readonly sending: Sending }) {
  const t = useTranslations('composer');
  const ui = useTranslations('ui');
  const problem = useTranslations('problem');
  const locale = useLocale();
  const { text, problems, tooLong, dismiss } = sending;
  const inDigits = (value: number) => value.toLocaleString(formatLocale(locale));
  const count = text.length > COUNT_FROM ? t('count', { length: inDigits(text.length), max: inDigits(MAX_TEXT_LENGTH) }) : null;
  return (
    <>
      {problems.length === 0 ? null : (
        <div role="alert" className="fade-in mb-2 flex items-center gap-2 rounded-md bg-danger-tint ps-3 pe-1 py-1 text-13 text-danger">
          <AlertIcon />
          <div dir="auto" className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            {problems
              .map((what) => problemText(what, problem))
              .map((words) => (
                <p key={words}>{words}</p>
              ))}
          </div>
          <IconButton label={ui('dismiss')} onClick={dismiss} className="text-danger">
            <CloseIcon />
          </IconButton>
        </div>
      )}
      {count === null ? null : (
        <p
          role={tooLong ? 'alert' : undefined}
          className={`mb-1 px-1 text-end text-12 tabular-nums ${tooLong ? 'text-danger' : 'text-ink-faint'}`}
        >
          {count} {tooLong ? t('shorten') : ''}
        </p>
      )}
    </>
  );
}

/** Keeps the field as high as its text. */
function useHeight(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    if (field.current?.value === text) fit(field.current);
  }, [field, text]);
  useEffect(() => {
    // Observes the field, not the window: its final width may come some frames later, after panels beside it have resized.
    let width = 0;
    const observer = new ResizeObserver(() => {
      if (field.current === null || field.current.clientWidth === width) return;
      width = field.current.clientWidth;
      fit(field.current);
    });
    if (field.current !== null) observer.observe(field.current);
    return () => observer.disconnect();
  }, [field]);
}

/** As high as its text, up to what CSS allows. */
function fit(element: HTMLElement | null): void {
  if (element === null) return;
  element.style.height = 'auto';
  element.style.height = `${element.scrollHeight}px`;
}
