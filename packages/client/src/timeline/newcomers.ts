import { messageId } from '../message-id.ts';
import type { TimelineMessage } from '../types.ts';
import { rowOf } from './state.ts';
import type { TimelineEvent, TimelineState } from './state.ts';
import { isPeer } from './view.ts';
import type { Side } from './view.ts';

/**
 * The other side's messages that an event has brought just now: a live one, or rows that were missed while the line was down; never history.
 * `before`: the state without the event, `messages`: what is shown with it.
 */
export function newcomers(
  side: Side,
  event: TimelineEvent,
  before: TimelineState,
  messages: readonly TimelineMessage[],
): readonly TimelineMessage[] {
  const isNew = (id: string) => !before.seqs.has(id) && !before.live.has(id);
  const missed = event.type === 'page' && 'afterSeq' in event.query ? event.page.messages.map((view) => messageId(rowOf(view))) : [];
  // A live one always: its row may have been fetched just before, and who tells twice is not heard.
  const ids = new Set(event.type === 'live' ? [messageId(event.message)] : missed.filter(isNew));
  return ids.size === 0 ? [] : messages.filter((message) => ids.has(messageId(message)) && isPeer(side, message));
}
