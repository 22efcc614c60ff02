import type { Receipts } from '@switchboard/protocol/types';

import { messageId } from '../model/message-id.ts';
import type { ConversationSnapshot, LogView, TimelineMessage } from '../model/types.ts';
import type { TimelineState } from '../timeline/state.ts';
import { isPeer } from '../timeline/view.ts';
import type { Side } from '../timeline/view.ts';
import type { Watermarks } from './receipts.ts';

/** The watermarks of one side among the receipts. */
export function marksOf(side: Side['kind'], receipts: Receipts): Watermarks {
  return side === 'client'
    ? { deliveredSeq: receipts.clientDeliveredSeq, readSeq: receipts.clientReadSeq }
    : { deliveredSeq: receipts.operatorDeliveredSeq, readSeq: receipts.operatorReadSeq };
}

/** The watermarks of the person whose page this is: colleagues' reading does not count. @param ownReadSeq undefined or null where only the side's mark is known */
export function ownMarks(side: Side['kind'], receipts: Receipts, ownReadSeq: number | null | undefined): Watermarks {
  const { deliveredSeq, readSeq } = marksOf(side, receipts);
  return { deliveredSeq, readSeq: ownReadSeq ?? readSeq };
}

const NOWHERE: LogView = { inView: [], outOfView: [], following: false };

/** Which of the other side's messages this person has seen, and where the unread ones begin. */
export class ReadState {
  readonly #side: Side;
  /** Ids of seen messages that the watermark does not cover yet: they had no number, or an earlier message is missing or unread. */
  readonly #seen = new Set<string>();
  /** Every message up to this number was seen, or was sent by this person or a colleague. */
  #floor = 0;
  #readSeq = 0;
  #deliveredSeq = 0;
  /** Rows up to this number have been checked for `#deliveredSeq`. */
  #received = 0;
  #unread: readonly string[] = [];
  #open = false;
  #visible = false;
  #view = NOWHERE;
  #dividerDue = false;
  #divider: { readonly id: string; readonly key: string } | null = null;
  /** Ids of the messages that were unread when the divider was placed: the divider leads to all of them. */
  #announced: ReadonlySet<string> = new Set();

  constructor(side: Side) {
    this.#side = side;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  isOpen(): boolean {
    return this.#open;
  }

  /** The conversation is on the screen, and the divider has not been placed yet. */
  isDividerDue(): boolean {
    return this.#dividerDue;
  }

  /** The fields of the snapshot about reading; `unread` is the same array while nothing changes. */
  shown(): Pick<ConversationSnapshot, 'opened' | 'firstUnreadKey' | 'unread'> {
    return { opened: this.#open && !this.#dividerDue, firstUnreadKey: this.#divider?.key ?? null, unread: this.#unread };
  }

  /** Whether older unread messages may exist that are not loaded. */
  reachesBack({ oldest, hasOlder }: Pick<TimelineState, 'oldest' | 'hasOlder'>): boolean {
    return hasOlder && oldest !== null && oldest > this.#floor + 1;
  }

  /** Whether a message that arrives now appears where the person is looking. `newest`: the last message on the screen. */
  appearsInView({ createdAt }: TimelineMessage, newest: TimelineMessage | undefined): boolean {
    return this.#open && this.#visible && this.#view.following && (newest === undefined || createdAt >= newest.createdAt);
  }

  /** Ids of the messages that a person can see now. */
  inView(): readonly string[] {
    return this.#open && this.#visible && !this.#dividerDue ? this.#view.inView : [];
  }

  /** A backup was restored: the numbers belong to another database from now on. */
  reset(): void {
    this.#seen.clear();
    this.#floor = 0;
    this.#readSeq = 0;
    this.#deliveredSeq = 0;
    this.#received = 0;
    this.#divider = null;
    this.#dividerDue = this.#open;
  }

  setOpen(open: boolean): void {
    this.#open = open;
    this.#dividerDue = open;
    this.#view = NOWHERE;
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
  }

  setView(view: LogView): void {
    this.#view = view;
  }

  markSeen(ids: readonly string[]): void {
    const unread = new Set(this.#unread);
    for (const id of ids) if (unread.has(id)) this.#seen.add(id);
  }

  /** Places the divider before the first loaded unread message, if there is one. */
  placeDivider(messages: readonly TimelineMessage[]): void {
    this.#dividerDue = false;
    const first = messages.find((message) => this.#isUnread(message));
    this.#divider = first === undefined ? null : { id: messageId(first), key: first.key };
    this.#announced = new Set(this.#unread);
  }

  /** Takes the messages that show `state`. Returns up to which number this side has received and read messages. */
  update(messages: readonly TimelineMessage[], state: TimelineState): Watermarks {
    this.#takeMarks(state);
    const unread = messages.filter((message) => this.#isUnread(message)).map(messageId);
    const same = unread.length === this.#unread.length && unread.every((id, index) => id === this.#unread[index]);
    if (!same) this.#unread = unread;
    if (this.#open && !this.#dividerDue && this.#hasMissed()) this.placeDivider(messages);
    return this.marks();
  }

  /** Up to which number this side has received and read messages. */
  marks(): Watermarks {
    return { deliveredSeq: this.#deliveredSeq, readSeq: this.#readSeq };
  }

  /** Whether a message arrived out of view and no divider leads to it. A divider stays while the messages after it are still being read. */
  #hasMissed(): boolean {
    const missed = new Set(this.#unread.filter((id) => !this.#announced.has(id)));
    if (missed.size === 0 || this.#unread.includes(this.#divider?.id ?? '')) return false;
    if (!this.#visible) return true;
    return this.#view.outOfView.some((id) => missed.has(id));
  }

  #isUnread(message: TimelineMessage): boolean {
    return isPeer(this.#side, message) && (message.seq === null || message.seq > this.#floor) && !this.#seen.has(messageId(message));
  }

  /** A watermark covers everything up to its number: it stops at a gap, where messages are missing, and at an unread message. */
  #takeMarks({ receipts, ownReadSeq, rows, contiguous, oldest }: TimelineState): void {
    this.#readSeq = Math.max(this.#readSeq, ownMarks(this.#side.kind, receipts, ownReadSeq).readSeq);
    this.#floor = Math.max(this.#floor, this.#readSeq);
    if (contiguous === null) return;
    while (this.#floor < contiguous) {
      const row = rows.get(this.#floor + 1);
      if (row === undefined) break;
      if (isPeer(this.#side, row)) {
        if (!this.#seen.delete(messageId(row))) break;
        this.#readSeq = row.seq;
      }
      this.#floor = row.seq;
    }
    for (let seq = Math.max(this.#received + 1, oldest ?? 0); seq <= contiguous; seq += 1) {
      const row = rows.get(seq);
      if (row !== undefined && isPeer(this.#side, row)) this.#deliveredSeq = seq;
    }
    this.#received = Math.max(this.#received, contiguous);
  }
}
