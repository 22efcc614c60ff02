import type { Receipts } from '@switchboard/protocol/types';

import { messageId } from '../model/message-id.ts';
import type { ConversationSnapshot, LogView, TimelineMessage } from '../model/types.ts';
import type { TimelineState } from '../timeline/state.ts';
import { isPeer } from '../timeline/view.ts';
import type { Side } from '../timeline/view.ts';
import type { Watermarks } from './receipts.ts';

/** One side's marks among the receipts. */
export function marksOf(side: Side['kind'], receipts: Receipts): Watermarks {
  return side === 'client'
    ? { deliveredSeq: receipts.clientDeliveredSeq, readSeq: receipts.clientReadSeq }
    : { deliveredSeq: receipts.operatorDeliveredSeq, readSeq: receipts.operatorReadSeq };
}

const NOWHERE: LogView = { inView: [], outOfView: [], following: false };

/** What this person has seen of the other side's messages, and where what they have not seen begins. */
export class ReadState {
  readonly #side: Side;
  /** Identities of messages that were seen and that the mark does not say yet: they had no number, or something before them is missing or unseen. */
  readonly #seen = new Set<string>();
  /** Everything up to this number was seen, is own or is a colleague's. */
  #floor = 0;
  #readSeq = 0;
  #deliveredSeq = 0;
  /** Up to here the rows were looked through for `#deliveredSeq`. */
  #received = 0;
  #unread: readonly string[] = [];
  #open = false;
  #visible = false;
  #view = NOWHERE;
  #dividerDue = false;
  #divider: { readonly id: string; readonly key: string } | null = null;
  /** Identities of what was unread when the divider was put where it is: it shows the way to all of them. */
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

  /** It is on the screen, and nobody has said yet where the unread messages begin. */
  isDividerDue(): boolean {
    return this.#dividerDue;
  }

  /** What the snapshot says of it; `unread` is the same array while nothing changes. */
  shown(): Pick<ConversationSnapshot, 'opened' | 'firstUnreadKey' | 'unread'> {
    return { opened: this.#open && !this.#dividerDue, firstUnreadKey: this.#divider?.key ?? null, unread: this.#unread };
  }

  /** Whether unread messages may lie above the oldest one that is here. */
  reachesBack({ oldest, hasOlder }: Pick<TimelineState, 'oldest' | 'hasOlder'>): boolean {
    return hasOlder && oldest !== null && oldest > this.#floor + 1;
  }

  /** Whether this message, which arrives now, comes to lie where somebody looks. `newest`: the last one that is shown. */
  sees({ createdAt }: TimelineMessage, newest: TimelineMessage | undefined): boolean {
    return this.#open && this.#visible && this.#view.following && (newest === undefined || createdAt >= newest.createdAt);
  }

  /** The messages that somebody can see now. */
  inView(): readonly string[] {
    return this.#open && this.#visible && !this.#dividerDue ? this.#view.inView : [];
  }

  /** The numbers are another database's from now on. */
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

  see(ids: readonly string[]): void {
    const unread = new Set(this.#unread);
    for (const id of ids) if (unread.has(id)) this.#seen.add(id);
  }

  /** Puts the divider before the first unread message that is here, if there is one. */
  divide(messages: readonly TimelineMessage[]): void {
    this.#dividerDue = false;
    const first = messages.find((message) => this.#isUnread(message));
    this.#divider = first === undefined ? null : { id: messageId(first), key: first.key };
    this.#announced = new Set(this.#unread);
  }

  /** Takes the newest view of `state`. Returns how far this side has received and read. */
  update(messages: readonly TimelineMessage[], state: TimelineState): Watermarks {
    this.#takeMarks(state);
    const unread = messages.filter((message) => this.#isUnread(message)).map(messageId);
    const same = unread.length === this.#unread.length && unread.every((id, index) => id === this.#unread[index]);
    if (!same) this.#unread = unread;
    if (this.#open && !this.#dividerDue && this.#hasMissed()) this.divide(messages);
    return this.marks();
  }

  /** How far this side has received and read. */
  marks(): Watermarks {
    return { deliveredSeq: this.#deliveredSeq, readSeq: this.#readSeq };
  }

  /** Whether something has come where nobody saw it, while no divider shows the way to it. One that somebody is reading on from stays where it is. */
  #hasMissed(): boolean {
    const missed = new Set(this.#unread.filter((id) => !this.#announced.has(id)));
    if (missed.size === 0 || this.#unread.includes(this.#divider?.id ?? '')) return false;
    if (!this.#visible) return true;
    return this.#view.outOfView.some((id) => missed.has(id));
  }

  #isUnread(message: TimelineMessage): boolean {
    return isPeer(this.#side, message) && (message.seq === null || message.seq > this.#floor) && !this.#seen.has(messageId(message));
  }

  /** A mark says that everything up to it was seen: it stops at a gap, where nobody knows what is missing, and at what nobody has seen. */
  #takeMarks({ receipts, rows, contiguous, oldest }: TimelineState): void {
    this.#readSeq = Math.max(this.#readSeq, marksOf(this.#side.kind, receipts).readSeq);
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
