import { type MessageRef, type TimelineMessage, messageId } from '@switchboard/client';
import { LIST_ITEM, type MessageGroup as Group, captionWidth, sameGroup, shownSize } from '@switchboard/presentation';
import { textOf, unreachable } from '@switchboard/protocol/body';
import { memo, useState, type CSSProperties } from 'react';
import { useTranslations } from 'use-intl';

import { useTimes } from '../hooks/use-times.ts';
import type { Texts } from '../text/texts.ts';
import { Hidden } from '../ui/Hidden.tsx';
import { MessageImage } from './MessageImage.tsx';
import { CallOff, NotSent, statusText } from './MessageStatus.tsx';
import { MessageText } from './MessageText.tsx';
import { useMeasured } from './use-measured.ts';

const FRESH_MS = 2_000;
const HIDDEN = { 'aria-hidden': true } as const;

interface GroupProps {
  readonly group: Group;
  readonly visitor: string;
  /** The message that shows its status, when it is in this group. */
  readonly statusKey: string | null;
  readonly onRetry: (message: MessageRef) => void;
  readonly onDiscard: (message: MessageRef) => void;
}

type BubbleProps = Omit<GroupProps, 'group' | 'statusKey'> & {
  readonly message: TimelineMessage;
  readonly first: boolean;
  readonly last: boolean;
  /** Its status is shown below its group. */
  readonly hasStatus: boolean;
};

function ground({ senderType, own }: TimelineMessage): string {
  if (senderType === 'CLIENT') return 'bg-bubble-other';
  return own ? 'bg-bubble-own' : 'bg-bubble-colleague';
}

/** The corners on the sender's side are less rounded where bubbles of one group meet. */
function corners(ours: boolean, first: boolean, last: boolean): string {
  if (ours) return `${first ? '' : 'rounded-se-[5px]'} ${last ? '' : 'rounded-ee-[5px]'}`;
  return `${first ? '' : 'rounded-ss-[5px]'} ${last ? '' : 'rounded-es-[5px]'}`;
}

/** A bubble with a picture and text is as wide as the picture. */
function bubbleStyle({ body }: TimelineMessage): CSSProperties | undefined {
  switch (body.type) {
    case 'text':
      return undefined;
    case 'image':
      return textOf(body) === null ? undefined : { width: captionWidth(shownSize(body.image.width, body.image.height)) };
    default:
      return unreachable(body);
  }
}

/** The accessible text of a message's picture. */
function attachmentName(body: TimelineMessage['body'], t: Texts<'message'>): string | null {
  switch (body.type) {
    case 'text':
      return null;
    case 'image':
      return body.image.name === null ? t('picture') : t('pictureNamed', { name: body.image.name });
    default:
      return unreachable(body);
  }
}

/** The accessible name of a message: sender, time, content and status. */
function nameOf(
  { own, senderType, operatorName, body, status }: TimelineMessage,
  visitor: string,
  time: string,
  t: Texts<'message'>,
): string {
  const who = own ? t('you') : senderType === 'CLIENT' ? visitor : (operatorName ?? t('operator'));
  const said = [attachmentName(body, t), textOf(body), status === null ? null : statusText({ own, status }, t)];
  return t('name', { who, time, said: said.filter((part) => part !== null).join(', ') });
}

/** The picture of a message, above its text. */
function Attachment({ message: { body, uploadProgress } }: Pick<BubbleProps, 'message'>) {
  switch (body.type) {
    case 'text':
      return null;
    case 'image':
      return <MessageImage image={body.image} progress={uploadProgress} />;
    default:
      return unreachable(body);
  }
}

const Bubble = memo(function Bubble({ message, visitor, first, last, hasStatus, onRetry, onDiscard }: BubbleProps) {
  const t = useTranslations('message');
  const times = useTimes();
  const ours = message.senderType === 'OPERATOR';
  // Only new messages are animated; history and older pages are not.
  const [fresh] = useState(() => Math.abs(Date.now() - Date.parse(message.createdAt)) < FRESH_MS);
  const pending = message.status === 'sending' && !hasStatus;
  return (
    <div
      {...LIST_ITEM}
      aria-label={nameOf(message, visitor, times.clock(message.createdAt), t)}
      data-key={messageId(message)}
      className={`flex flex-col ${ours ? 'items-end' : 'items-start'} ${fresh ? 'arrive' : ''}`}
    >
      <div className="flex max-w-full items-end justify-end gap-2">
        {pending ? (
          <span className="flex shrink-0 gap-1.5 pb-2 text-12 text-ink-faint">
            <span translate="no">{t('sending')}</span>
            <CallOff message={message} onDiscard={onDiscard} />
          </span>
        ) : null}
        <div
          style={bubbleStyle(message)}
          className={`bubble max-w-[min(60ch,84cqi)] overflow-hidden rounded-[14px] ${corners(ours, first, last)} ${ground(message)}`}
        >
          <Attachment message={message} />
          {textOf(message.body) === null ? null : (
            <div className="px-3 py-2">
              <MessageText body={message.body} />
            </div>
          )}
        </div>
      </div>
      {message.status === 'failed' ? <NotSent message={message} onRetry={onRetry} onDiscard={onDiscard} /> : null}
      {message.status === null || message.status === 'failed' || pending || hasStatus ? null : <Hidden>{t(message.status)}</Hidden>}
    </div>
  );
});

/** Shows which operator wrote. Hidden from screen readers, because each message's accessible name includes it. */
function Sender({ group }: Pick<GroupProps, 'group'>) {
  const t = useTranslations('message');
  if (group.senderType === 'CLIENT' || group.own) return null;
  return (
    <p dir="auto" translate="no" aria-hidden="true" className="mb-1 max-w-full truncate px-1 text-12 font-medium text-ink-soft">
      {group.operatorName ?? t('operator')}
    </p>
  );
}

/** Consecutive messages of one person: the name, the bubbles, one time, and the status of the newest own message. */
export const MessageGroup = memo(
  function MessageGroup({ group, visitor, statusKey, ...rest }: GroupProps) {
    const t = useTranslations('message');
    const times = useTimes();
    const element = useMeasured();
    const newest = group.messages.at(-1);
    if (newest === undefined) return null;
    const ours = group.senderType === 'OPERATOR';
    const status = newest.key === statusKey && newest.status !== null && newest.status !== 'failed' ? t(newest.status) : null;
    const sending = status !== null && newest.status === 'sending';
    return (
      <div ref={element} className={`message-group flex flex-col pb-4 ${ours ? 'items-end' : 'items-start'}`}>
        <Sender group={group} />
        <div className={`flex w-full flex-col gap-0.5 ${ours ? 'items-end' : 'items-start'}`}>
          {group.messages.map((message, index) => (
            <Bubble
              key={messageId(message)}
              message={message}
              visitor={visitor}
              first={index === 0}
              last={index === group.messages.length - 1}
              hasStatus={message.key === statusKey}
              {...rest}
            />
          ))}
        </div>
        {/* The messages have told it already; only what can be pressed is news. */}
        <div {...(sending ? LIST_ITEM : HIDDEN)} className="mt-1 flex gap-1.5 px-1 text-12 tabular-nums text-ink-faint">
          <time translate="no" dateTime={newest.createdAt} title={times.full(newest.createdAt)}>
            {times.clock(newest.createdAt)}
          </time>
          {status === null ? null : (
            <span key={status} translate="no" className="text-ink-soft">
              {status}
            </span>
          )}
          {sending ? <CallOff message={newest} onDiscard={rest.onDiscard} /> : null}
        </div>
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
