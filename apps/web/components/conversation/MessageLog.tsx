import { type ConversationHandle, type ConversationSnapshot, type MessageRef, messageId } from '@switchboard/client';
import { LIST, type LogItem, type LogPosition, arrangeMessages, lastOwnKey } from '@switchboard/presentation';
import { useCallback, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';

import { useAttention } from '../hooks/use-attention.ts';
import { useNow } from '../hooks/use-now.ts';
import { useTimes } from '../hooks/use-times.ts';
import { slots } from '../text/slots.ts';
import { Button } from '../ui/Button.tsx';
import { ArrowDownIcon } from '../ui/icons.tsx';
import { DayDivider, EndDivider, NewDivider } from './Dividers.tsx';
import { MessageGroup } from './MessageGroup.tsx';
import { PictureViewer } from './PictureViewer.tsx';
import { useLogScroll } from './use-log-scroll.ts';
import type { Older } from './use-older.ts';

interface LogProps {
  readonly handle: ConversationHandle;
  readonly snapshot: ConversationSnapshot;
  readonly visitor: string;
}

/** The scrolling element, which must be reachable by keyboard. */
const REACHABLE = { tabIndex: 0 } as const;

/** The conversation itself. */
export function MessageLog({ handle, snapshot, visitor }: LogProps) {
  const t = useTranslations('log');
  const { scroller, content, place, older, toEnd, toUnread } = useLogScroll(handle, snapshot, useAttention());
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        aria-label={t('label')}
        // `Announcer` announces new messages of all conversations.
        aria-live="off"
        aria-busy={snapshot.loadingOlder || snapshot.history === 'loading'}
        {...REACHABLE}
        onErrorCapture={(event) => {
          // A picture that failed to load; these events do not bubble.
          const id = event.target instanceof Element ? event.target.closest('[data-key]')?.getAttribute('data-key') : null;
          const message = snapshot.messages.find((shown) => messageId(shown) === id);
          if (message !== undefined) handle.renewPicture(message);
        }}
        className="h-full overflow-y-auto overscroll-contain [outline-offset:-2px] [overflow-anchor:none]"
      >
        <div ref={content} className="[container-type:inline-size] mx-auto flex min-h-full max-w-[800px] flex-col px-4 pt-4 two:px-6">
          <div className="flex-1" />
          <OlderMessages snapshot={snapshot} older={older} />
          <History snapshot={snapshot} visitor={visitor} />
          <Items handle={handle} snapshot={snapshot} visitor={visitor} />
        </div>
      </div>
      <NewMessages place={place} onClick={toUnread} />
      {place.away ? (
        <button
          type="button"
          aria-label={t('toNewest')}
          className="fade-in absolute bottom-3 end-4 inline-flex size-10 items-center justify-center rounded-full border border-line bg-surface text-ink-soft shadow-overlay transition-colors hover:bg-sunken hover:text-ink touch:size-11"
          onClick={toEnd}
        >
          <ArrowDownIcon />
        </button>
      ) : null}
    </div>
  );
}

/** Leads to unread messages out of view, first to those above. */
function NewMessages({ place: { above, below }, onClick }: { readonly place: LogPosition; readonly onClick: () => void }) {
  const t = useTranslations('log');
  const count = above > 0 ? above : below;
  if (count === 0) return null;
  return (
    <div className={`pointer-events-none absolute inset-x-0 flex justify-center ${above > 0 ? 'top-3' : 'bottom-3'}`}>
      <Button look="primary" className="pointer-events-auto fade-in rounded-full shadow-overlay" onClick={onClick}>
        <span className={above > 0 ? 'rotate-180' : ''}>
          <ArrowDownIcon />
        </span>
        {t('newMessages', { count })}
      </Button>
    </div>
  );
}

function OlderMessages({ snapshot, older }: { readonly snapshot: ConversationSnapshot; readonly older: Older }) {
  const t = useTranslations('log');
  if (!snapshot.hasOlder) return null;
  return (
    <div className="flex h-10 shrink-0 items-center justify-center text-12 text-ink-faint touch:h-12">
      {older.failed ? (
        <>
          <span>{t('olderFailed')}</span>
          <Button look="quiet" onClick={older.load}>
            {t('loadOlder')}
          </Button>
        </>
      ) : (
        <span>{t('loadingOlder')}</span>
      )}
    </div>
  );
}

/** The text while there are no messages to show. */
function History({ snapshot, visitor }: { readonly snapshot: ConversationSnapshot; readonly visitor: string }) {
  const t = useTranslations('log');
  if (snapshot.messages.length > 0) return null;
  return (
    <p
      dir="auto"
      className={`fade-in pb-6 text-center text-13 ${snapshot.history === 'failed' || snapshot.history === 'missing' ? 'text-ink' : 'text-ink-faint'}`}
    >
      <span key={snapshot.history}>{t(`history.${snapshot.history}`, { visitor })}</span>
      {snapshot.history === 'loading' ? <span className="late block">{t('late')}</span> : null}
    </p>
  );
}

function Items({ handle, snapshot, visitor }: LogProps) {
  const t = useTranslations('log');
  const times = useTimes();
  const now = useNow();
  const { messages, firstUnreadKey, endedAt } = snapshot;
  const items = useMemo(() => arrangeMessages(messages, firstUnreadKey, (at) => times.dayKey(at)), [messages, firstUnreadKey, times]);
  const statusKey = useMemo(() => lastOwnKey(messages), [messages]);
  const retry = useCallback((message: MessageRef) => handle.retry(message), [handle]);
  const [discardFailed, setDiscardFailed] = useState(false);
  const discard = useCallback(
    (message: MessageRef) => {
      setDiscardFailed(false);
      handle.discard(message).catch(() => setDiscardFailed(true)); // Shown below the log.
    },
    [handle],
  );
  const show = (item: LogItem) => {
    if (item.kind === 'day') return <DayDivider key={item.key}>{times.day(item.at, now)}</DayDivider>;
    if (item.kind === 'new') return <NewDivider key={item.key} />;
    const inHere = item.messages.some(({ key, own }) => own && key === statusKey);
    return (
      <MessageGroup
        key={item.key}
        group={item}
        visitor={visitor}
        statusKey={inHere ? statusKey : null}
        onRetry={retry}
        onDiscard={discard}
      />
    );
  };
  return (
    <PictureViewer messages={messages}>
      <div {...LIST} className="flex flex-col">
        {items.map(show)}
      </div>
      {discardFailed ? <p className="pb-4 text-end text-12 text-danger">{t('discardFailed')}</p> : null}
      {endedAt === null ? null : (
        <EndDivider>
          {t.rich(
            'ended',
            slots({
              name: <bdi>{visitor}</bdi>,
              time: <time dateTime={endedAt}>{times.short(endedAt, now)}</time>,
            }),
          )}
        </EndDivider>
      )}
    </PictureViewer>
  );
}
