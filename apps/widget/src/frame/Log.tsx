import { type ConversationHandle, type ConversationSnapshot, type TimelineMessage, messageId } from '@switchboard/client';
import { LIST, LIST_ITEM, arrangeMessages, lastOwnKey } from '@switchboard/presentation';
import { textOf, unreachable } from '@switchboard/protocol/body';

import { Group } from './Group.tsx';
import { DownIcon } from './icons.tsx';
import { useTexts, type Texts } from './texts.ts';
import { useLogScroll } from './use-log-scroll.ts';
import { DynamicText } from './DynamicText.tsx';

interface LogProps {
  readonly conversation: ConversationHandle;
  readonly snapshot: ConversationSnapshot;
  readonly greeting: string;
  readonly open: boolean;
  /** Whether a person may be looking at the frame. */
  readonly attended: boolean;
}

/** A scrollable element must be focusable for keyboard users. */
const FOCUSABLE = { tabIndex: 0 } as const;

function spoken(body: TimelineMessage['body'], t: Texts): string {
  switch (body.type) {
    case 'text':
      return body.text;
    case 'image':
      return textOf(body) ?? t('picture');
    default:
      return unreachable(body);
  }
}

/** The screen reader announcement of the newest unread message. */
function announcement({ messages, unread }: ConversationSnapshot, t: Texts): string {
  const newest = messages.findLast((message) => messageId(message) === unread.at(-1));
  return newest === undefined ? '' : `${newest.operatorName ?? t('support')}: ${spoken(newest.body, t)}`;
}

/** The log of a conversation, oldest message first. */
export function Log({ conversation, snapshot, greeting, open, attended }: LogProps) {
  const t = useTexts();
  const { messages, history, hasOlder, loadingOlder, firstUnreadKey, endedAt, blocked } = snapshot;
  const { scroller, content, position, toEnd, toUnread, failed, loadOlder } = useLogScroll(conversation, snapshot, open, open && attended);
  const now = new Date();
  const last = lastOwnKey(messages);
  const missed = position.above > 0 ? position.above : position.below;
  return (
    <div class="scene">
      <div class="log" role="log" aria-label={t('messages')} aria-live="off" {...FOCUSABLE} ref={scroller}>
        <div class="content" ref={content}>
          {failed ? (
            <p class="quiet" key="older failed">
              <button type="button" onClick={loadOlder}>
                {t('loadOlder')}
              </button>
            </p>
          ) : hasOlder || loadingOlder ? (
            <p class="quiet" key="older">
              {t('loadingOlder')}
            </p>
          ) : blocked ? null : (
            <p class="greeting" key="greeting" dir="auto">
              <DynamicText>{greeting}</DynamicText>
            </p>
          )}
          {(history === 'failed' || history === 'missing') && !blocked ? (
            <p class="quiet" key="failed">
              {t('loadFailed')}
            </p>
          ) : history === 'loading' && messages.length === 0 ? (
            <p class="quiet late" key="loading">
              {t('loading')}
            </p>
          ) : null}
          <div class="list" {...LIST}>
            {arrangeMessages(messages, firstUnreadKey, (iso) => t.times.dayKey(iso)).map((item) => {
              if (item.kind === 'group') return <Group key={item.key} group={item} lastOwn={last} conversation={conversation} />;
              const isNew = item.kind === 'new';
              return (
                <p class={isNew ? 'divider new' : 'divider'} {...LIST_ITEM} key={item.key} data-new-divider={isNew || undefined}>
                  <DynamicText translate={isNew}>{isNew ? t('new') : t.times.day(item.at, now)}</DynamicText>
                </p>
              );
            })}
          </div>
          {endedAt === null ? null : (
            <p class="divider" key="ended">
              <DynamicText translate={false}>{t('endedAt', { time: t.times.clock(endedAt) })}</DynamicText>
            </p>
          )}
        </div>
      </div>
      <p class="hidden" aria-live="polite">
        <DynamicText>{open ? announcement(snapshot, t) : ''}</DynamicText>
      </p>
      {missed > 0 ? (
        <button type="button" class={position.above > 0 ? 'pill above' : 'pill'} key="pill" onClick={toUnread}>
          <DynamicText>{t('newMessages', { count: missed })}</DynamicText>
        </button>
      ) : null}
      {position.away ? (
        <button type="button" class="to-end" key="to end" aria-label={t('toNewest')} onClick={toEnd}>
          <DownIcon />
        </button>
      ) : null}
    </div>
  );
}
