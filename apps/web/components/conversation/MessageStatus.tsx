import type { MessageRef, MessageStatus as Status, TimelineMessage } from '@switchboard/client';
import { useTranslations } from 'use-intl';

import { carriesFile } from '@switchboard/protocol/body';

import { failureText } from '../text/problems.ts';
import type { Texts } from '../text/texts.ts';
import { Button } from '../ui/Button.tsx';
import { AlertIcon } from '../ui/icons.tsx';

/** How far a message has come, in one or two words. A visitor's that was to be saved here and is not was sent all the same. */
export function statusText({ own, status }: { readonly own: boolean; readonly status: Status }, t: Texts<'message'>): string {
  return t(own || status !== 'failed' ? status : 'notSaved');
}

interface FailureProps {
  readonly message: TimelineMessage;
  readonly onRetry: (message: MessageRef) => void;
  readonly onDiscard: (message: MessageRef) => void;
}

/** The way out while a message is on its way: at once for a file, which may take long, and for a text when it takes longer than it should. */
export function CallOff({ message, onDiscard }: Pick<FailureProps, 'message' | 'onDiscard'>) {
  const t = useTranslations('message');
  return (
    <button
      type="button"
      onClick={() => onDiscard(message)}
      className={`rounded-sm font-medium text-ink-soft underline underline-offset-2 hover:text-ink ${carriesFile(message.body.type) ? '' : 'late'}`}
    >
      {t('discard')}
    </button>
  );
}

/** A message that the server refused or that did not get through, why, and the two ways out. One that a visitor sent is one that was to be saved here. */
export function NotSent({ message, onRetry, onDiscard }: FailureProps) {
  const t = useTranslations('message');
  const problem = useTranslations('problem');
  return (
    <div className={`mt-1 flex max-w-[65ch] flex-wrap items-center gap-x-1 text-12 text-danger ${message.own ? 'justify-end' : ''}`}>
      <span role="alert" className="flex items-center gap-1.5">
        <AlertIcon />
        <span translate="no" className="font-medium">
          {statusText({ own: message.own, status: 'failed' }, t)}
        </span>
        {message.failure === null ? null : (
          <span key={message.failure} dir="auto">
            {failureText(message.failure, problem)}
          </span>
        )}
      </span>
      <span className="flex">
        <Button look="quiet" onClick={() => onRetry(message)}>
          {t('retry')}
        </Button>
        <Button look="danger" onClick={() => onDiscard(message)}>
          {t('discard')}
        </Button>
      </span>
    </div>
  );
}
