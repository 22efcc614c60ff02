import type { ConversationSummary } from '@switchboard/client';
import { unreachable } from '@switchboard/protocol/body';
import { memo, useCallback, useId } from 'react';
import { useTranslations } from 'use-intl';

import { useDraft } from '../hooks/use-draft.ts';
import { useTicking } from '../hooks/use-ticking.ts';
import { useTimes } from '../hooks/use-times.ts';
import { elapsed } from '../text/durations.ts';
import { displayName, firstName, rowName } from '../text/names.ts';
import type { Texts } from '../text/texts.ts';
import { ImageIcon } from '../ui/icons.tsx';
import type { ConsoleOperator } from './operator.ts';

/** Visitors who wait longer than this are highlighted. */
const TARGET_MS = 2 * 60_000;

type Preview = NonNullable<ConversationSummary['preview']>;

interface RowProps {
  readonly summary: ConversationSummary;
  readonly selected: boolean;
  /** Whether Tab reaches this row. */
  readonly tabStop: boolean;
  readonly operator: ConsoleOperator;
  readonly now: Date;
  readonly onOpen: (clientId: number, byKeyboard: boolean) => void;
}

/** The sender of the newest message; empty for the visitor. */
function speaker({ preview }: ConversationSummary, operatorName: string, t: Texts<'row'>): string {
  if (preview === null || preview.senderType === 'CLIENT') return '';
  if (preview.operatorName === operatorName) return t('you');
  return t('colleague', { name: firstName(preview.operatorName ?? t('operator')) });
}

/** Since when this visitor waits for an answer; null when they do not. */
function waitsSince({ waitingSince, doneAt, blockedAt }: ConversationSummary): string | null {
  return doneAt === null && blockedAt === null ? waitingSince : null;
}

/** The text of the mark after the name; undefined for an ordinary conversation. */
function stateOf({ blockedAt, endedAt, doneAt }: ConversationSummary): 'blocked' | 'ended' | 'done' | undefined {
  if (blockedAt !== null) return 'blocked';
  if (endedAt !== null) return 'ended';
  return doneAt === null ? undefined : 'done';
}

/**
 * One visitor of the list. Its accessible name is the visitor's with unread count and waiting time; the rest is its description. It renders again only when
 * something in it has changed.
 */
export const ConversationRow = memo(function ConversationRow({ summary, selected, tabStop, operator, now, onOpen }: RowProps) {
  const t = useTranslations('row');
  const duration = useTranslations('duration');
  const visitor = useTranslations('visitor');
  const times = useTimes();
  const descriptionId = useId();
  const { clientId, unread, lastActivityAt } = summary;
  const since = waitsSince(summary);
  const waited = useTicking(useCallback((at: number) => (since === null ? null : elapsed(since, at, duration)), [since, duration]));
  const name = displayName(summary.username, clientId, visitor);
  const state = stateOf(summary);
  return (
    <li className="px-2 [contain-intrinsic-size:auto_52px] [content-visibility:auto] touch:[contain-intrinsic-size:auto_64px]">
      <button
        type="button"
        data-client={clientId}
        data-name={name}
        tabIndex={tabStop ? 0 : -1}
        aria-label={rowName(name, unread, waited, t)}
        aria-describedby={descriptionId}
        aria-current={selected ? 'true' : undefined}
        onClick={(event) => onOpen(clientId, event.detail === 0)}
        className={`flex min-h-13 w-full flex-col justify-center rounded-lg px-2.5 py-1 text-start transition-colors touch:min-h-16 [outline-offset:-2px] ${
          selected ? 'bg-selected' : 'hover:bg-sunken'
        }`}
      >
        <span className="flex w-full items-center gap-2">
          <span className={`min-w-0 truncate text-13 touch:text-14 ${unread > 0 ? 'font-semibold' : 'font-medium'}`}>
            <bdi translate="no">{name}</bdi>
          </span>
          {state === undefined ? null : (
            <span
              title={t(state)}
              className={`size-2 shrink-0 rounded-full border-[1.5px] ${state === 'blocked' ? 'border-ink-soft bg-ink-soft' : 'border-ink-faint'}`}
              aria-hidden="true"
            />
          )}
          <span className="flex-1" />
          {since === null || waited === null ? (
            <time key={lastActivityAt} dateTime={lastActivityAt} className="shrink-0 text-12 tabular-nums text-ink-faint">
              {times.short(lastActivityAt, now)}
            </time>
          ) : (
            <Waited since={since} text={waited} />
          )}
        </span>
        <span className={`w-full truncate text-12 ${unread > 0 ? 'text-ink' : 'text-ink-soft'}`}>
          <SecondLine summary={summary} operator={operator} open={selected} />
        </span>
      </button>
      <span id={descriptionId} hidden>
        {[
          state === undefined ? undefined : t(state),
          summary.unsent > 0 ? t('notSent') : undefined,
          plainPreview(summary, operator.name, t),
          times.short(lastActivityAt, now),
        ]
          .filter((part) => part !== undefined)
          .join(', ')}
      </span>
    </li>
  );
});

function Waited({ since, text }: { readonly since: string; readonly text: string }) {
  const long = useTicking(useCallback((at: number) => at - Date.parse(since) >= TARGET_MS, [since]));
  return (
    <time
      dateTime={since}
      className={`-me-1.5 shrink-0 rounded-full px-1.5 text-12 font-medium tabular-nums text-waiting-ink ${long ? 'bg-waiting-tint' : ''}`}
    >
      <span key={text}>{text}</span>
    </time>
  );
}

function previewText({ type, text }: Preview, t: Texts<'row'>): string {
  switch (type) {
    case 'text':
      return text ?? '';
    case 'image':
      return text ?? t('picture');
    default:
      return unreachable(type);
  }
}

function PreviewText({ preview }: { readonly preview: Preview }) {
  const t = useTranslations('row');
  const text = previewText(preview, t);
  switch (preview.type) {
    case 'text':
      return <bdi key={text}>{text}</bdi>;
    case 'image':
      return (
        <span key="picture" className="inline-flex items-center gap-1 align-top">
          <ImageIcon size={14} />
          <bdi key={text}>{text}</bdi>
        </span>
      );
    default:
      return unreachable(preview.type);
  }
}

function plainPreview(summary: ConversationSummary, operatorName: string, t: Texts<'row'>): string {
  const { preview } = summary;
  if (preview === null) return t('noMessages');
  return `${speaker(summary, operatorName, t)}${previewText(preview, t)}`;
}

interface SecondLineProps extends Pick<RowProps, 'summary' | 'operator'> {
  /** Then the draft is shown in the message field and not in the row. */
  readonly open: boolean;
}

/** The most important thing about the conversation: an unsent message, a draft, a typing visitor, or the last message. */
function SecondLine({ summary, operator, open }: SecondLineProps) {
  const t = useTranslations('row');
  const draft = useDraft(operator.id, summary.clientId);
  const { typing, preview, unsent } = summary;
  if (unsent > 0)
    return (
      <span key="unsent" className="font-medium text-danger">
        {t('notSent')}
      </span>
    );
  if (draft !== '' && !open) {
    return (
      <span key="draft" className="text-ink-faint">
        <span>{t('draft')}</span>
        <bdi>{draft}</bdi>
      </span>
    );
  }
  if (typing)
    return (
      <span key="typing" className="fade-in text-accent-ink">
        {t('typing')}
      </span>
    );
  if (preview === null)
    return (
      <span key="nothing" className="text-ink-faint">
        {t('noMessages')}
      </span>
    );
  return (
    <span key="preview">
      <span key={speaker(summary, operator.name, t)}>{speaker(summary, operator.name, t)}</span>
      <PreviewText preview={preview} />
    </span>
  );
}
