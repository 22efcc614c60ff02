import type { TimelineMessage } from '@switchboard/client';
import { memo, useState } from 'react';

import { Hidden } from '../ui/Hidden.tsx';
import { messageId, sameGroup, times, type MessageGroup as Group, type MessageRef } from '@switchboard/client/view';
import { MessageImage } from './MessageImage.tsx';
import { CallOff, NotSent, STATUS_WORDS } from './MessageStatus.tsx';
import { MessageText } from './MessageText.tsx';
import { useMeasured } from './use-measured.ts';

const FRESH_MS = 2_000;

interface GroupProps {
  readonly group: Group;
  readonly visitor: string;
  /** The message that shows its status, when it is in this group. */
  readonly statusKey: string | null;
  readonly onRetry: (message: MessageRef) => void;
  readonly onDiscard: (message: MessageRef) => void;
}

type BubbleProps = Omit<GroupProps, 'group' | 'visitor'> & {
  readonly message: TimelineMessage;
  readonly first: boolean;
  readonly last: boolean;
};

function ground({ senderType, own }: TimelineMessage): string {
  if (senderType === 'CLIENT') return 'bg-bubble-other';
  return own ? 'bg-bubble-own' : 'bg-bubble-colleague';
}

/** The corners on the sender's side are tight where bubbles of one group meet. */
function corners(ours: boolean, first: boolean, last: boolean): string {
  if (ours) return `${first ? '' : 'rounded-se-[5px]'} ${last ? '' : 'rounded-ee-[5px]'}`;
  return `${first ? '' : 'rounded-ss-[5px]'} ${last ? '' : 'rounded-es-[5px]'}`;
}

function Bubble({ message, first, last, statusKey, onRetry, onDiscard }: BubbleProps) {
  const ours = message.senderType === 'OPERATOR';
  // Only what comes into being before one's eyes has an entrance; history and older pages are just there.
  const [fresh] = useState(() => Math.abs(Date.now() - Date.parse(message.createdAt)) < FRESH_MS);
  const pending = message.status === 'sending' && message.key !== statusKey;
  return (
    <div data-key={messageId(message)} className={`flex flex-col ${ours ? 'items-end' : 'items-start'} ${fresh ? 'arrive' : ''}`}>
      <div className="flex max-w-full items-end justify-end gap-2">
        {pending ? (
          <span className="flex shrink-0 gap-1.5 pb-2 text-12 text-ink-faint">
            <span>{STATUS_WORDS.sending}</span>
            <CallOff message={message} onDiscard={onDiscard} />
          </span>
        ) : null}
        <div className={`bubble max-w-[min(60ch,84cqi)] overflow-hidden rounded-[14px] ${corners(ours, first, last)} ${ground(message)}`}>
          {message.image === null ? null : <MessageImage image={message.image} progress={message.uploadProgress} />}
          {message.text === null || message.text === '' ? null : (
            <div className="px-3 py-2">
              <MessageText message={message} />
            </div>
          )}
        </div>
      </div>
      {message.status === 'failed' ? <NotSent message={message} onRetry={onRetry} onDiscard={onDiscard} /> : null}
      {message.status === null || message.status === 'failed' || pending || message.key === statusKey ? null : (
        <Hidden>{STATUS_WORDS[message.status]}</Hidden>
      )}
    </div>
  );
}

function Sender({ group, visitor }: Pick<GroupProps, 'group' | 'visitor'>) {
  if (group.senderType === 'CLIENT') return <Hidden>{visitor}</Hidden>;
  if (group.own) return <Hidden>You</Hidden>;
  return (
    <p dir="auto" className="mb-1 max-w-full truncate px-1 text-12 font-medium text-ink-soft">
      {group.operatorName ?? 'An operator'}
    </p>
  );
}

/** What one person said in one go: the name, the bubbles, the time once, and the status of the newest own message. */
export const MessageGroup = memo(
  function MessageGroup({ group, visitor, ...rest }: GroupProps) {
    const element = useMeasured();
    const newest = group.messages.at(-1);
    if (newest === undefined) return null;
    const ours = group.senderType === 'OPERATOR';
    const status =
      newest.key === rest.statusKey && newest.status !== null && newest.status !== 'failed' ? STATUS_WORDS[newest.status] : null;
    return (
      <div ref={element} className={`message-group flex flex-col pb-4 ${ours ? 'items-end' : 'items-start'}`}>
        <Sender group={group} visitor={visitor} />
        <div className={`flex w-full flex-col gap-0.5 ${ours ? 'items-end' : 'items-start'}`}>
          {group.messages.map((message, index) => (
            <Bubble key={messageId(message)} message={message} first={index === 0} last={index === group.messages.length - 1} {...rest} />
          ))}
        </div>
        <p className="mt-1 flex gap-1.5 px-1 text-12 tabular-nums text-ink-faint">
          <time dateTime={newest.createdAt} title={times.full(newest.createdAt)}>
            {times.clock(newest.createdAt)}
          </time>
          {status === null ? null : <span className="text-ink-soft">{status}</span>}
          {status !== null && newest.status === 'sending' ? <CallOff message={newest} onDiscard={rest.onDiscard} /> : null}
        </p>
      </div>
    );
  },
  (before, after) =>
    sameGroup(before.group, after.group) &&
    before.visitor === after.visitor &&
    before.statusKey === after.statusKey &&
    before.onRetry === after.onRetry &&
    before.onDiscard === after.onDiscard,
);
