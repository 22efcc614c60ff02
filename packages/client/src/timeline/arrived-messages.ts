import { messageId } from '../model/message-id.ts';
import type { TimelineMessage } from '../model/types.ts';
import { rowOf } from './state.ts';
import type { TimelineEvent, TimelineState } from './state.ts';
import { isPeer, viewLive, viewRow } from './view.ts';
import type { Side } from './view.ts';

/**
 * The other side's messages that an event has just brought: a live message, or rows that were missed during an interruption, but never history.
 * `before` and `after`: the state without and with the event; `shown` is called only for a message without a key, whose content decides whether it is shown.
 */
export function arrivedMessages(
  side: Side,
  event: TimelineEvent,
  before: TimelineState,
  after: TimelineState,
  shown: () => readonly TimelineMessage[],
): readonly TimelineMessage[] {
  if (event.type === 'live') {
    const { message } = event;
    if (!isPeer(side, message)) return [];
    const id = messageId(message);
    // Its row may have been fetched just before. It is reported anyway: `Arrivals` reports each message once.
    const row = after.rows.get(after.seqs.get(id) ?? 0);
    if (row !== undefined) return [viewRow(after, side, row)];
    return message.keyed ? [viewLive(side, message)] : shown().filter((one) => messageId(one) === id);
  }
  if (event.type !== 'page' || !('afterSeq' in event.query)) return [];
  return event.page.messages.flatMap((view) => {
    const id = messageId(rowOf(view));
    const row = before.seqs.has(id) || before.live.has(id) ? undefined : after.rows.get(view.seq);
    return row === undefined || !isPeer(side, row) ? [] : [viewRow(after, side, row)];
  });
}
