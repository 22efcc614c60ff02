import type { MessageStatus as Status, TimelineMessage } from '@switchboard/client';

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

interface FailureProps {
  readonly message: TimelineMessage;
  readonly onRetry: (key: string) => void;
  readonly onDiscard: (key: string) => void;
}

/** A message that the server refused, why, and the two ways out. */
export function NotSent({ message, onRetry, onDiscard }: FailureProps) {
  return (
    <div className="mt-1 flex max-w-[65ch] flex-wrap items-center justify-end gap-x-1 text-12 text-danger">
      <span role="alert" className="flex items-center gap-1.5">
        <AlertIcon />
        <span className="font-medium">{STATUS_WORDS.failed}</span>
        {message.failure === null ? null : <span dir="auto">{message.failure}</span>}
      </span>
      <span className="flex">
        <Button look="quiet" onClick={() => onRetry(message.key)}>
          Retry
        </Button>
        <Button look="danger" onClick={() => onDiscard(message.key)}>
          Discard
        </Button>
      </span>
    </div>
  );
}
