import type { ConversationSummary } from '@switchboard/client';
import { memo, useId, type KeyboardEvent } from 'react';

import { badgeCount, displayName, firstName, rowName } from '../text/names.ts';
import { times } from '@switchboard/client/view';
import { ImageIcon } from '../ui/icons.tsx';

interface RowProps {
  readonly summary: ConversationSummary;
  readonly selected: boolean;
  readonly operatorName: string;
  readonly now: Date;
  readonly onOpen: (clientId: number, byKeyboard: boolean) => void;
}

/** Up and Down move the focus from row to row, Home and End to the ends. */
function moveFocus(event: KeyboardEvent<HTMLButtonElement>): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...(event.currentTarget.closest('ul')?.querySelectorAll('button') ?? [])];
  const at = rows.findIndex((row) => row === event.currentTarget);
  const targets: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  rows[target]?.focus();
}

/** Who said the newest message, in a word; the visitor needs none. */
function speaker({ preview }: ConversationSummary, operatorName: string): string {
  if (preview === null || preview.senderType === 'CLIENT') return '';
  if (preview.operatorName === operatorName) return 'You: ';
  return `${firstName(preview.operatorName ?? 'Operator')}: `;
}

/** One visitor of the list. Its name is the visitor's with the unread count; what else it shows is its description. */
export const ConversationRow = memo(function ConversationRow({ summary, selected, operatorName, now, onOpen }: RowProps) {
  const descriptionId = useId();
  const { clientId, unread, lastActivityAt, endedAt, blockedAt } = summary;
  const state = blockedAt === null ? (endedAt === null ? null : 'Ended') : 'Blocked';
  const name = displayName(summary.username, clientId);
  const waiting = unread > 0;
  return (
    <li className="px-2 [contain-intrinsic-size:auto_44px] [content-visibility:auto] touch:[contain-intrinsic-size:auto_56px]">
      <button
        type="button"
        data-client={clientId}
        aria-label={rowName(name, unread)}
        aria-describedby={descriptionId}
        aria-current={selected ? 'true' : undefined}
        onKeyDown={moveFocus}
        onClick={(event) => onOpen(clientId, event.detail === 0)}
        className={`flex min-h-11 w-full flex-col justify-center rounded-lg px-2.5 py-1 text-start transition-colors touch:min-h-14 [outline-offset:-2px] ${
          selected ? 'bg-selected' : 'hover:bg-sunken'
        }`}
      >
        <span className="flex items-baseline gap-2">
          <span className={`min-w-0 flex-1 truncate text-13 touch:text-14 ${waiting ? 'font-semibold' : 'font-medium'}`}>
            <bdi>{name}</bdi>
          </span>
          <time dateTime={lastActivityAt} className="shrink-0 text-12 tabular-nums text-ink-faint">
            {times.short(lastActivityAt, now)}
          </time>
        </span>
        <span className="flex items-center gap-2">
          <span className={`min-w-0 flex-1 truncate text-12 ${waiting ? 'text-ink' : 'text-ink-soft'}`}>
            <Preview summary={summary} speaker={speaker(summary, operatorName)} />
          </span>
          {waiting ? (
            <span className="h-4 min-w-4 shrink-0 rounded-full bg-waiting px-1.5 text-center text-12 font-semibold leading-4 tabular-nums text-on-waiting">
              {badgeCount(unread)}
            </span>
          ) : null}
          {state === null || waiting ? null : <span className="shrink-0 text-12 text-ink-faint">{state}</span>}
        </span>
      </button>
      <span id={descriptionId} hidden>
        {speaker(summary, operatorName)}
        {summary.preview?.text ?? (summary.preview?.isImage === true ? 'Picture' : '')}, {times.short(lastActivityAt, now)}
        {state === null ? '' : `, ${state.toLowerCase()}`}
      </span>
    </li>
  );
});

function Preview({ summary, speaker }: { readonly summary: ConversationSummary; readonly speaker: string }) {
  const { typing, preview } = summary;
  if (typing) return <span className="fade-in text-accent-ink">Typing…</span>;
  if (preview === null) return <span className="text-ink-faint">No messages yet</span>;
  return (
    <>
      {speaker}
      {preview.isImage ? (
        <span className="inline-flex items-center gap-1 align-top">
          <ImageIcon size={14} />
          {preview.text ?? 'Picture'}
        </span>
      ) : (
        <bdi>{preview.text}</bdi>
      )}
    </>
  );
}
