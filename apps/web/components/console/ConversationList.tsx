import type { ConversationSummary, OperatorSnapshot } from '@switchboard/client';
import { useEffect, useRef, useState, type FocusEvent, type PointerEvent } from 'react';
import { useTranslations } from 'use-intl';

import { useNow } from '../hooks/use-now.ts';
import { Button } from '../ui/Button.tsx';
import { ArrowUpIcon } from '../ui/icons.tsx';
import { ConversationRow } from './ConversationRow.tsx';
import { NoConversations } from './NoConversations.tsx';
import type { ConsoleOperator } from './operator.ts';
import { SkeletonRows } from './SkeletonRows.tsx';
import { useRowKeys } from './use-row-keys.ts';

interface ListProps {
  readonly snapshot: OperatorSnapshot;
  /** The rows in the order shown. */
  readonly rows: readonly ConversationSummary[];
  /** How many rows have arrived or moved up above them since. */
  readonly news: number;
  readonly selected: number | null;
  readonly operator: ConsoleOperator;
  readonly singleKeys: boolean;
  readonly onOpen: (clientId: number, byKeyboard: boolean) => void;
  readonly onMore: () => void;
  /** Called when the pointer or the focus enters or leaves the list. */
  readonly onHold: (holding: boolean) => void;
}

/** The list of conversations, in the given order. */
export function ConversationList({ snapshot, rows, news, selected, operator, singleKeys, onOpen, onMore, onHold }: ListProps) {
  const t = useTranslations('inbox');
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const tabStop = useTabStop(rows, selected);
  const hold = useHold(onHold);
  const keys = useRowKeys(singleKeys);
  const toTop = () => {
    scroller.current?.scrollTo({ top: 0 });
    hold.release();
  };
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {news > 0 ? (
        <div className="pointer-events-none absolute inset-x-0 top-1 z-10 flex justify-center">
          <Button look="primary" className="pointer-events-auto fade-in rounded-full shadow-overlay" onClick={toTop}>
            <ArrowUpIcon />
            <span key={news}>{t('news', { count: news })}</span>
          </Button>
        </div>
      ) : null}
      <div
        ref={scroller}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain pb-2"
        onFocus={(event) => {
          tabStop.onFocus(event);
          hold.onFocus();
        }}
        onBlur={hold.onBlur}
        onPointerEnter={hold.onPointerEnter}
        onPointerLeave={hold.onPointerLeave}
        {...keys}
      >
        <EmptyList snapshot={snapshot} empty={rows.length === 0} />
        <ul aria-label={t('conversations')} className="flex min-h-px flex-col gap-px">
          {rows.map((summary) => (
            <ConversationRow
              key={summary.clientId}
              summary={summary}
              selected={summary.clientId === selected}
              tabStop={summary.clientId === tabStop.clientId}
              operator={operator}
              now={now}
              onOpen={onOpen}
            />
          ))}
        </ul>
        {snapshot.hasMore && rows.length > 0 ? <More key={rows.length} loading={snapshot.loadingMore} onMore={onMore} /> : null}
      </div>
    </div>
  );
}

function EmptyList({ snapshot, empty }: { readonly snapshot: OperatorSnapshot; readonly empty: boolean }) {
  const t = useTranslations('inbox');
  if (!empty) return null;
  if (snapshot.list === 'loading') {
    return (
      <>
        <output className="sr-only">{t('loading')}</output>
        <SkeletonRows />
        <p className="late px-4.5 pt-2 text-13 text-ink-soft">{t('late')}</p>
      </>
    );
  }
  if (snapshot.list === 'failed') {
    return <output className="block px-4.5 pt-2 text-13 text-ink">{t('failed')}</output>;
  }
  if (snapshot.view === 'open') return <NoConversations />;
  return <p className="fade-in px-4.5 pt-2 text-13 text-ink-soft">{t(`empty.${snapshot.view}`)}</p>;
}

/** Loads more when it comes near the view. */
function More({ loading, onMore }: { readonly loading: boolean; readonly onMore: () => void }) {
  const t = useTranslations('inbox');
  const self = useRef<HTMLDivElement>(null);
  const ask = useRef(onMore);
  useEffect(() => {
    ask.current = onMore;
  });
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => (entries.some(({ isIntersecting }) => isIntersecting) ? ask.current() : undefined),
      {
        rootMargin: '600px 0px',
      },
    );
    if (self.current !== null) observer.observe(self.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={self} className="flex h-10 items-center justify-center text-12 text-ink-faint">
      {loading ? (
        <span>{t('loadingMore')}</span>
      ) : (
        <Button look="quiet" onClick={onMore}>
          {t('loadMore')}
        </Button>
      )}
    </div>
  );
}

/** Tab reaches one row of the list: the one that had the focus last, else the open one, else the first. */
function useTabStop(rows: readonly ConversationSummary[], selected: number | null) {
  const [focused, setFocused] = useState<number | null>(null);
  const has = (clientId: number | null) => clientId !== null && rows.some((row) => row.clientId === clientId);
  const clientId = has(focused) ? focused : has(selected) ? selected : (rows[0]?.clientId ?? null);
  const onFocus = (event: FocusEvent) => {
    const row = event.target instanceof HTMLElement ? event.target.dataset.client : undefined;
    if (row !== undefined) setFocused(Number(row));
  };
  return { clientId, onFocus };
}

/** Whether a mouse or the focus is in the list. Touch does not count. */
function useHold(onHold: (holding: boolean) => void) {
  const by = useRef({ pointer: false, focus: false });
  const tell = (change: Partial<typeof by.current>) => {
    by.current = { ...by.current, ...change };
    onHold(by.current.pointer || by.current.focus);
  };
  return {
    /** Until the pointer or the focus comes back. */
    release: () => tell({ pointer: false, focus: false }),
    onPointerEnter: (event: PointerEvent) => (event.pointerType === 'mouse' ? tell({ pointer: true }) : undefined),
    onPointerLeave: () => tell({ pointer: false }),
    onFocus: () => tell({ focus: true }),
    onBlur: (event: FocusEvent) => (event.currentTarget.contains(event.relatedTarget) ? undefined : tell({ focus: false })),
  };
}
