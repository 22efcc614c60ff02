import type { TimelineMessage } from '@switchboard/client';

import type { Row } from './ledger.ts';
import type { ViewWatcher } from './view-watcher.ts';

/** What an open tab shows at this moment. */
export interface LiveView {
  readonly watcher: ViewWatcher;
  readonly clientId: number;
  /** Whether the other side has an open tab with this conversation; `visible`: and a person is looking at it. */
  readonly peer: 'none' | 'there' | 'visible';
  readonly banner: string | null;
}

const short = (text: string | null | undefined) => `"${(text ?? '').slice(0, 40)}"`;
const inOrder = (a: Row, b: Row) => a.createdAt.getTime() - b.createdAt.getTime() || a.seq - b.seq;

/** A description of every difference between the views and the database; empty when every view is complete, in order, and shows the right ticks. */
export function differences(views: readonly LiveView[], rows: readonly Row[], forgotten: ReadonlySet<string> = new Set()): string[] {
  return views.flatMap((view) => {
    const expected = rows.filter((row) => row.clientId === view.clientId).toSorted(inOrder);
    return [
      ...differencesOf(view, expected, forgotten),
      ...(view.banner === null ? [] : [`${view.watcher.tab} still says ${view.banner}`]),
    ].slice(0, 3);
  });
}

/** Whether a displayed message is this row, with its text and its author. */
function isOf({ key, seq, senderType, operatorId, body }: TimelineMessage, row: Row | undefined): boolean {
  return (
    row !== undefined &&
    key.toLowerCase() === row.messageKey &&
    seq === row.seq &&
    senderType === row.senderType &&
    // A visitor's view has the name of the operator, not always the id.
    (operatorId === null || operatorId === row.operatorId) &&
    body.text === row.text
  );
}

function differencesOf({ watcher, peer }: LiveView, expected: readonly Row[], forgotten: ReadonlySet<string>): string[] {
  const where = `${watcher.tab} on ${watcher.conversation}`;
  const { hasOlder } = watcher;
  // Texts that were lost by a restore and not saved again may stay on a screen, marked as not saved.
  const messages = watcher.messages.filter(({ seq, body }) => seq !== null || !forgotten.has(body.text ?? ''));
  // A page has the newest messages by number; they are shown in the order of sending.
  const oldest = hasOlder ? Math.min(...messages.map((message) => message.seq ?? Infinity)) : 0;
  const wanted = expected.filter((row) => row.seq >= oldest);
  const unsaved = messages.filter((message) => message.seq === null);
  if (unsaved.length > 0) return unsaved.map(({ body, status }) => `${where}: ${short(body.text)} is ${status ?? 'provisional'}`);
  if (messages.length !== wanted.length) {
    const missing = wanted.find((row) => !messages.some((message) => isOf(message, row)));
    return [`${where} has ${messages.length} of ${wanted.length} messages, and not ${missing?.seq} ${short(missing?.text)}`];
  }
  const wrong = messages.findIndex((message, index) => !isOf(message, wanted[index]));
  if (wrong !== -1) return [`${where}: ${short(messages[wrong]?.body.text)} stands where ${short(wanted[wrong]?.text)} belongs`];
  const least = { none: ['sent', 'delivered', 'read'], there: ['delivered', 'read'], visible: ['read'] }[peer];
  return messages
    .filter((message) => message.status !== null && !least.includes(message.status))
    .map(({ body, status }) => `${where}: ${short(body.text)} is ${status}, not ${least[0]}`);
}
