import type { TimelineMessage } from '../types.ts';
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
  const isNew = (key: string) => !before.seqs.has(key) && !before.live.has(key);
  const missed = event.type === 'page' && 'afterSeq' in event.query ? event.page.messages.map((message) => message.messageKey) : [];
  // A live one always: its row may have been fetched just before, and who tells twice is not heard.
  const keys = event.type === 'live' ? [event.message.key] : missed.filter(isNew);
  return keys.length === 0 ? [] : messages.filter((message) => keys.includes(message.key) && isPeer(side, message));
}
