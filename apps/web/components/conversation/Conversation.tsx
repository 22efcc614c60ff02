import type { ConversationHandle, ConversationSummary } from '@switchboard/client';
import { memo, useCallback, useEffect, useState, type Ref } from 'react';
import { useTranslations } from 'use-intl';

import { ONE_COLUMN, THREE_COLUMNS, useMedia } from '../hooks/use-media.ts';
import { useConversation } from '../hooks/use-store.ts';
import { displayName } from '../text/names.ts';
import { slots } from '../text/slots.ts';
import { CloseButton } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { BlockDialog, BlockedNotice } from './Blocking.tsx';
import { Composer, type ComposerActions } from './Composer.tsx';
import { ConversationHeader } from './ConversationHeader.tsx';
import { Details } from './Details.tsx';
import { EndedNotice, goesOn } from './Ended.tsx';
import { MessageLog } from './MessageLog.tsx';
import { useChat } from '../hooks/chat-context.ts';
import { useDrop } from './use-drop.ts';
import { useSending } from './use-sending.ts';

interface ConversationProps {
  /** The signed-in operator. */
  readonly operatorId: number;
  readonly clientId: number;
  readonly handle: ConversationHandle;
  /** Undefined until it has been fetched. */
  readonly summary: ConversationSummary | undefined;
  readonly composer: Ref<ComposerActions>;
  readonly detailsShown: boolean;
  readonly onDone: (summary: ConversationSummary, done: boolean) => void;
  readonly onBack: () => void;
  readonly onDetails: () => void;
}

/** One conversation: header, messages and composer. */
export const Conversation = memo(function Conversation({
  operatorId,
  clientId,
  handle,
  summary,
  composer,
  detailsShown,
  onDone,
  onBack,
  onDetails,
}: ConversationProps) {
  const chat = useChat();
  const t = useTranslations('conversation');
  const visitor = useTranslations('visitor');
  const snapshot = useConversation(handle);
  const sending = useSending(handle, operatorId, clientId);
  const missing = snapshot.history === 'missing';
  const name = missing ? t('none') : displayName(summary?.username ?? '', clientId, visitor);
  const ended = snapshot.endedAt !== null;
  const blocked = summary !== undefined && summary.blockedAt !== null;
  // A draft is never hidden, either.
  const writable = !ended || goesOn(snapshot, summary) || sending.text !== '' || sending.pictures.length > 0;
  const [asking, setAsking] = useState(false);
  const block = useCallback(
    async (blocked: boolean) => await chat.perform('POST /api/chat/block', { body: { clientId, blocked } }),
    [chat, clientId],
  );
  const drop = useDrop(writable && !blocked && !missing, sending.take);
  useEffect(() => () => handle.setTyping(false), [handle]);
  return (
    <div className="relative flex min-w-0 flex-1">
      <section
        {...drop.handlers}
        id="conversation"
        tabIndex={-1}
        aria-label={t('label')}
        className="relative flex min-w-0 flex-1 flex-col bg-surface outline-none"
      >
        <ConversationHeader
          name={name}
          summary={summary}
          detailsShown={detailsShown}
          onBlock={() => setAsking(true)}
          onDone={(done) => (summary === undefined ? undefined : onDone(summary, done))}
          onBack={onBack}
          onDetails={onDetails}
        />
        <MessageLog handle={handle} snapshot={snapshot} visitor={name} />
        <Typing name={snapshot.peerTyping === null ? null : name} />
        {missing ? null : blocked ? (
          <BlockedNotice name={name} setBlocked={block} />
        ) : (
          <>
            {ended ? <EndedNotice name={name} summary={summary} above={writable} /> : null}
            {writable ? <Composer sending={sending} actions={composer} onLeave={() => handle.setTyping(false)} /> : null}
          </>
        )}
        {drop.over ? (
          <div className="fade-in pointer-events-none absolute inset-2 flex items-center justify-center rounded-xl border-2 border-dashed border-accent bg-surface/90 text-14 font-medium text-accent-ink">
            {t('drop')}
          </div>
        ) : null}
      </section>
      <BlockDialog name={name} open={asking} setBlocked={block} onClose={() => setAsking(false)} />
      {summary === undefined ? null : <DetailsPlace summary={summary} shown={detailsShown} onClose={onDetails} />}
    </div>
  );
});

interface DetailsProps {
  readonly summary: ConversationSummary;
  readonly shown: boolean;
  readonly onClose: () => void;
}

/** Beside the conversation; over its end on narrow windows; over everything on a phone. */
function DetailsPlace({ summary, shown, onClose }: DetailsProps) {
  const t = useTranslations('details');
  const wide = useMedia(THREE_COLUMNS);
  if (useMedia(ONE_COLUMN)) {
    return (
      <Dialog open={shown} title={t('title')} onClose={onClose}>
        <Details summary={summary} />
      </Dialog>
    );
  }
  if (!shown) return null;
  const place = wide ? 'w-64 shrink-0' : 'fade-in absolute inset-y-0 end-0 z-10 w-80 shadow-overlay';
  return (
    <aside aria-label={t('title')} className={`flex flex-col border-s border-line bg-surface ${place}`}>
      <header className="border-b border-line flex h-14 shrink-0 items-center justify-between pe-3 ps-5">
        <h3 className="text-13 font-semibold">{t('title')}</h3>
        {wide ? null : <CloseButton aria-label={t('close')} onClick={onClose} />}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-5">
        <Details summary={summary} />
      </div>
    </aside>
  );
}

/** Its space is always reserved, so nothing moves when the visitor begins to type. */
function Typing({ name }: { readonly name: string | null }) {
  const t = useTranslations('conversation');
  return (
    <p aria-live="polite" className="mx-auto h-6 w-full max-w-[800px] shrink-0 truncate px-5 text-12 text-ink-faint two:px-7">
      {name === null ? null : <span className="fade-in">{t.rich('typing', slots({ name: <bdi>{name}</bdi> }))}</span>}
    </p>
  );
}
