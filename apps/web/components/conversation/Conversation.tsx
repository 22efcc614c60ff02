import type { ConversationHandle, ConversationSummary } from '@switchboard/client';
import { useEffect, type Ref } from 'react';

import { THREE_COLUMNS, useMedia } from '../hooks/use-media.ts';
import { useConversation } from '../hooks/use-store.ts';
import { displayName } from '../text/names.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { BlockedNotice, type SetBlocked } from './Blocking.tsx';
import { Composer, type ComposerActions } from './Composer.tsx';
import { ConversationHeader } from './ConversationHeader.tsx';
import { Details } from './Details.tsx';
import { MessageLog } from './MessageLog.tsx';
import { useDrop } from './use-drop.ts';
import { useSending } from './use-sending.ts';

interface ConversationProps {
  /** Who answers here. */
  readonly operatorId: number;
  readonly clientId: number;
  readonly handle: ConversationHandle;
  /** Undefined while the list does not have it. */
  readonly summary: ConversationSummary | undefined;
  readonly composer: Ref<ComposerActions>;
  readonly detailsShown: boolean;
  readonly setBlocked: SetBlocked;
  readonly onBack: () => void;
  readonly onDetails: () => void;
}

/** One conversation: who it is with, what was said, and where to answer. */
export function Conversation({
  operatorId,
  clientId,
  handle,
  summary,
  composer,
  detailsShown,
  setBlocked,
  onBack,
  onDetails,
}: ConversationProps) {
  const snapshot = useConversation(handle);
  const sending = useSending(handle, operatorId, clientId);
  const missing = snapshot.history === 'missing';
  const name = missing ? 'No conversation' : displayName(summary?.username ?? '', clientId);
  const ended = snapshot.endedAt !== null;
  const blocked = summary !== undefined && summary.blockedAt !== null;
  const wide = useMedia(THREE_COLUMNS);
  const drop = useDrop(!ended && !blocked && !missing, sending.sendImages);
  useEffect(() => () => handle.setTyping(false), [handle]);
  return (
    <div className="flex min-w-0 flex-1">
      <section {...drop.handlers} aria-label="Conversation" className="relative flex min-w-0 flex-1 flex-col bg-surface">
        <ConversationHeader name={name} summary={summary} detailsShown={detailsShown} onBack={onBack} onDetails={onDetails} />
        <MessageLog handle={handle} snapshot={snapshot} visitor={name} />
        <Typing name={snapshot.peerTyping === null ? null : name} />
        {missing ? null : blocked ? (
          <BlockedNotice name={name} setBlocked={setBlocked} />
        ) : ended ? (
          <EndedNotice name={name} summary={summary} />
        ) : (
          <Composer sending={sending} actions={composer} onLeave={() => handle.setTyping(false)} />
        )}
        {drop.over ? (
          <div className="fade-in pointer-events-none absolute inset-2 flex items-center justify-center rounded-xl border-2 border-dashed border-accent bg-surface/90 text-14 font-medium text-accent-ink">
            Drop pictures to send them
          </div>
        ) : null}
      </section>
      {summary !== undefined && wide && detailsShown ? (
        <aside aria-label="Details" className="border-s border-line w-64 shrink-0 overflow-y-auto bg-surface">
          <h3 className="border-b border-line flex h-14 items-center px-5 text-13 font-semibold">Details</h3>
          <div className="p-5">
            <Details summary={summary} setBlocked={setBlocked} />
          </div>
        </aside>
      ) : null}
      {summary === undefined || wide ? null : (
        <Dialog open={detailsShown} title="Details" onClose={onDetails}>
          <Details summary={summary} setBlocked={setBlocked} />
        </Dialog>
      )}
    </div>
  );
}

/** Its line is always there, so nothing moves when somebody begins to type. */
function Typing({ name }: { readonly name: string | null }) {
  return (
    <p aria-live="polite" className="mx-auto h-6 w-full max-w-[800px] shrink-0 truncate px-5 text-12 text-ink-faint two:px-7">
      {name === null ? null : (
        <span className="fade-in">
          <bdi>{name}</bdi> is typing
        </span>
      )}
    </p>
  );
}

function EndedNotice({ name, summary }: { readonly name: string; readonly summary: ConversationSummary | undefined }) {
  const ways = [summary?.phone, summary?.email].filter((way) => way != null);
  return (
    <div className="border-t border-line px-5 pb-[max(1rem,env(safe-area-inset-bottom))] pt-4 text-center text-13 text-ink-soft [overflow-wrap:anywhere]">
      <bdi>{name}</bdi> has left, so a reply would not be seen.{' '}
      {ways.length === 0 ? 'If they come back, they begin another chat.' : `You can still reach them: ${ways.join(', ')}.`}
    </div>
  );
}
