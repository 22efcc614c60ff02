import type { Receipts } from '@switchboard/protocol/types';

import type { Watermarks } from './receipts.ts';
import { isPeer } from './timeline/view.ts';
import type { Side } from './timeline/view.ts';
import type { TimelineMessage } from './types.ts';

/** One side's marks among the receipts. */
export function marksOf(side: Side['kind'], receipts: Receipts): Watermarks {
  return side === 'client'
    ? { deliveredSeq: receipts.clientDeliveredSeq, readSeq: receipts.clientReadSeq }
    : { deliveredSeq: receipts.operatorDeliveredSeq, readSeq: receipts.operatorReadSeq };
}

/** What this person has seen of the other side's messages. */
export class Reading {
  readonly #side: Side;
  /** Seen, and not below the mark yet: they had no number, or something before them was missing or is unseen. */
  readonly #seen = new Set<string>();
  #readSeq = 0;
  #visible = false;
  #dividerDue = false;
  #divider: string | null = null;

  constructor(side: Side) {
    this.#side = side;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  /** Key of the first message that was new when the conversation was last opened. */
  firstUnreadKey(): string | null {
    return this.#divider;
  }

  /** The numbers are another database's from now on. */
  reset(): void {
    this.#seen.clear();
    this.#readSeq = 0;
    this.#divider = null;
    this.#dividerDue = this.#visible;
  }

  setVisible(visible: boolean): void {
    if (visible && !this.#visible) this.#dividerDue = true;
    this.#visible = visible;
  }

  /** Takes the newest view; `ready` once it rests on a fetched page. Returns how far this side has received and read. */
  update(messages: readonly TimelineMessage[], receipts: Receipts, contiguous: number | null): Watermarks {
    this.#readSeq = Math.max(this.#readSeq, marksOf(this.#side.kind, receipts).readSeq);
    const peers = messages.filter((message) => isPeer(this.#side, message));
    if (this.#dividerDue && contiguous !== null) {
      this.#dividerDue = false;
      this.#divider = peers.find((message) => this.#isUnread(message))?.key ?? null;
    }
    if (this.#visible && contiguous !== null) for (const message of peers) if (this.#isUnread(message)) this.#seen.add(message.key);
    this.#raise(peers, contiguous ?? 0);
    const received = peers.map((message) => message.seq ?? 0).filter((seq) => seq <= (contiguous ?? 0));
    return { deliveredSeq: received.reduce((a, b) => Math.max(a, b), 0), readSeq: this.#readSeq };
  }

  /** How many of the other side's messages nobody has seen here. */
  unread(messages: readonly TimelineMessage[]): number {
    return messages.filter((message) => isPeer(this.#side, message) && this.#isUnread(message)).length;
  }

  #isUnread(message: TimelineMessage): boolean {
    return !this.#seen.has(message.key) && (message.seq === null || message.seq > this.#readSeq);
  }

  /** A mark says that everything up to it was seen: it stops at a gap, where nobody knows what is missing, and at what nobody has seen. */
  #raise(peers: readonly TimelineMessage[], contiguous: number): void {
    const numbered = peers.flatMap(({ key, seq }) => (seq === null || seq > contiguous ? [] : [{ key, seq }]));
    for (const { key, seq } of numbered.toSorted((a, b) => a.seq - b.seq)) {
      if (seq > this.#readSeq && !this.#seen.has(key)) return;
      this.#readSeq = Math.max(this.#readSeq, seq);
      this.#seen.delete(key);
    }
  }
}
