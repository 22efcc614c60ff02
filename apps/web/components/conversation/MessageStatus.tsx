import type { MessageStatus as Status, TimelineMessage } from '@switchboard/client';

import type { MessageRef } from '@switchboard/client/view';
import { carriesFile } from '@switchboard/protocol/body';

import { Button } from '../ui/Button.tsx';
import { AlertIcon } from '../ui/icons.tsx';

/** How far an own message has come, in one or two words. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  sending: 'Sending',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not sent',
};

/** The same for any message: a visitor's that was to be saved here and is not was sent all the same. */
export function statusWord({ own, status }: { readonly own: boolean; readonly status: Status }): string {
  return own || status !== 'failed' ? STATUS_WORDS[status] : 'Not saved';
}

interface FailureProps {
  readonly message: TimelineMessage;
  readonly onRetry: (message: MessageRef) => void;
  readonly onDiscard: (message: MessageRef) => void;
}

/** The way out while a message is on its way: at once for a file, which may take long, and for a text when it takes longer than it should. */
export function CallOff({ message, onDiscard }: Pick<FailureProps, 'message' | 'onDiscard'>) {
  return (
    <button
      type="button"
      onClick={() => onDiscard(message)}
      className={`rounded-sm font-medium text-ink-soft underline underline-offset-2 hover:text-ink ${carriesFile(message.body.type) ? '' : 'late'}`}
    >
      Discard
    </button>
  );
}

/** A message that the server refused or that did not get through, why, and the two ways out. One that a visitor sent is one that was to be saved here. */
export function NotSent({ message, onRetry, onDiscard }: FailureProps) {
  return (
    <div className={`mt-1 flex max-w-[65ch] flex-wrap items-center gap-x-1 text-12 text-danger ${message.own ? 'justify-end' : ''}`}>
      <span role="alert" className="flex items-center gap-1.5">
        <AlertIcon />
        <span translate="no" className="font-medium">
          {statusWord({ own: message.own, status: 'failed' })}
        </span>
        {message.failure === null ? null : (
          <span key={message.failure} dir="auto">
            {message.failure}
          </span>
        )}
      </span>
      <span className="flex">
        <Button look="quiet" onClick={() => onRetry(message)}>
          Retry
        </Button>
        <Button look="danger" onClick={() => onDiscard(message)}>
          Discard
        </Button>
      </span>
    </div>
  );
}
