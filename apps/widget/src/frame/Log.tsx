import type { ConversationHandle, ConversationSnapshot } from '@switchboard/client';
import { arrangeMessages, lastOwnKey, times } from '@switchboard/client/view';

import { Group } from './Group.tsx';
import { useLogScroll } from './use-log-scroll.ts';
import { Words } from './Words.tsx';

interface LogProps {
  readonly conversation: ConversationHandle;
  readonly snapshot: ConversationSnapshot;
  readonly greeting: string;
  readonly open: boolean;
  readonly onAtEnd: (atEnd: boolean) => void;
}

/** The messages, oldest first. */
export function Log({ conversation, snapshot, greeting, open, onAtEnd }: LogProps) {
  const { messages, history, hasOlder, loadingOlder, firstUnreadKey, endedAt, blocked } = snapshot;
  const { scroller, content, missed, onScroll, toEnd } = useLogScroll(snapshot, open, () => void conversation.loadOlder(), onAtEnd);
  const now = new Date();
  const last = lastOwnKey(messages);
  return (
    <div class="scene">
      <div class="log" role="log" aria-label="Messages" aria-live="polite" ref={scroller} onScroll={onScroll}>
        <div class="content" ref={content}>
          {hasOlder || loadingOlder ? (
            <p class="quiet" key="older">
              Loading older messages …
            </p>
          ) : blocked ? null : (
            <p class="greeting" key="greeting" dir="auto">
              <Words>{greeting}</Words>
            </p>
          )}
          {(history === 'failed' || history === 'missing') && !blocked ? (
            <p class="quiet" key="failed">
              Your messages can’t be loaded right now. It is tried again by itself.
            </p>
          ) : null}
          {arrangeMessages(messages, firstUnreadKey, (iso) => times.dayKey(iso)).map((item) => {
            if (item.kind === 'day') {
              return (
                <p class="divider" key={item.key}>
                  <Words fixed>{times.day(item.at, now)}</Words>
                </p>
              );
            }
            if (item.kind === 'new') {
              return (
                <p class="divider new" key={item.key} data-new-divider>
                  <span>New</span>
                </p>
              );
            }
            return <Group key={item.key} group={item} lastOwn={last} conversation={conversation} />;
          })}
          {endedAt === null ? null : (
            <p class="divider" key="ended">
              <Words fixed>{`Chat ended ${times.clock(endedAt)}`}</Words>
            </p>
          )}
        </div>
      </div>
      {missed > 0 ? (
        <button type="button" class="pill" onClick={toEnd}>
          <Words>{missed === 1 ? '1 new message' : `${missed} new messages`}</Words>
        </button>
      ) : null}
    </div>
  );
}
