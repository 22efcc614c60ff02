import type { MessageRef, MessageStatus as Status, TimelineMessage } from '@switchboard/client';
import { useTranslations } from 'use-intl';

import { carriesFile } from '@switchboard/protocol/body';

import { failureText } from '../text/problems.ts';
import type { Texts } from '../text/texts.ts';
import { Button } from '../ui/Button.tsx';
import { AlertIcon } from '../ui/icons.tsx';

/** The status of a message. A visitor's message that this console could not save was sent all the same. */
export function statusText({ own, status }: { readonly own: boolean; readonly status: Status }, t: Texts<'message'>): string {
  return t(own || status !== 'failed' ? status : 'notSaved');
}

interface FailureProps {
  readonly message: TimelineMessage;
  readonly onRetry: (message: MessageRef) => void;
  readonly onDiscard: (message: MessageRef) => void;
}

/** The button to discard a message that is being sent: at once for a file, which may take long, and for a text that takes longer than usual. */
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

/** Why a message failed, with buttons to retry and discard. A visitor's message is here when this console had to save it. */
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
