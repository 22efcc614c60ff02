import { MAX_PAGE_SIZE } from '@switchboard/protocol/limits';
import type { MessagesPage } from '@switchboard/protocol/types';

import type { ConversationSnapshot, LogView, TimelineMessage } from '../model/types.ts';
import type { Effects } from '../platform/effects.ts';
import type { PageQuery, TimelineState } from '../timeline/state.ts';
import type { Side } from '../timeline/view.ts';
import { InViewTimer } from './in-view-timer.ts';
import { ownMarks, ReadState } from './read-state.ts';
import { ReceiptReporter, type Watermarks } from './receipts.ts';

/** The most pages of older messages that are fetched to find the first unread one when a conversation is opened. */
const PAGES_BACK = 5;

export interface ReadTrackerHooks {
  state(): TimelineState;
  /** The messages on the screen. */
  messages(): readonly TimelineMessage[];
  fetch(query: PageQuery): Promise<void>;
  /** Reports to the server up to which number this side has received and seen messages. */
  report(marks: Watermarks): Promise<void>;
  onChange(): void;
}

/** Tracks which messages of a conversation a person has seen: marks them as read, finds the first unread one, and reports the read position to the server. */
export class ReadTracker {
  readonly #effects: Pick<Effects, 'after' | 'note'>;
  readonly #side: Side;
  readonly #readState: ReadState;
  readonly #hooks: ReadTrackerHooks;
  readonly #timer: InViewTimer;
  readonly #receipts: ReceiptReporter;
  #pagesLeft = 0;
  #fetching = false;
  #closed = false;

  constructor(effects: Effects, side: Side, hooks: ReadTrackerHooks) {
    this.#effects = effects;
    this.#side = side;
    this.#readState = new ReadState(side);
    this.#hooks = hooks;
    this.#receipts = new ReceiptReporter(effects, (marks) => hooks.report(marks));
    this.#timer = new InViewTimer(effects, (ids) => {
      this.#readState.markSeen(ids);
      hooks.onChange();
    });
  }

  isOpen(): boolean {
    return this.#readState.isOpen();
  }

  /** The fields of the snapshot about reading. */
  shown(): Pick<ConversationSnapshot, 'opened' | 'firstUnreadKey' | 'unread'> {
    return this.#readState.shown();
  }

  /** Whether a message that arrives now appears where the person is looking. `newest`: the last message on the screen. */
  appearsInView(message: TimelineMessage, newest: TimelineMessage | undefined): boolean {
    return this.#readState.appearsInView(message, newest);
  }

  /** Whether all unread messages are loaded. */
  knowsAllUnread(): boolean {
    const state = this.#hooks.state();
    return state.contiguous !== null && !this.#readState.reachesBack(state);
  }

  /** Returns whether this is a change. */
  setOpen(open: boolean): boolean {
    if (open === this.#readState.isOpen()) return false;
    this.#readState.setOpen(open);
    this.#pagesLeft = PAGES_BACK;
    if (open) this.#placeDivider();
    this.#watchInView();
    return true;
  }

  /** Returns whether this is a change. */
  setVisible(visible: boolean): boolean {
    if (visible === this.#readState.isVisible()) return false;
    this.#readState.setVisible(visible);
    this.#watchInView();
    return true;
  }

  setView(view: LogView): void {
    this.#readState.setView(view);
    this.#watchInView();
  }

  /** Takes the messages that are shown from now on. */
  update(messages: readonly TimelineMessage[]): void {
    this.#readState.update(messages, this.#hooks.state());
  }

  /** Takes the receipts of a page whose rows are already in the timeline. */
  takePage(page: MessagesPage): void {
    this.#receipts.confirm(ownMarks(this.#side.kind, page.receipts, page.readSeq));
    this.#placeDivider();
  }

  /** A backup was restored: the numbers belong to another database from now on. */
  reset(): void {
    this.#readState.reset();
    this.#receipts.reset();
  }

  /** Reports up to which number this side has received and read messages, shortly after the call. */
  report(): void {
    this.#receipts.want(this.#readState.marks());
  }

  /** Whether the latest position has not been reported yet. */
  hasUnreported(): boolean {
    return this.#receipts.isDue(this.#readState.marks());
  }

  close(): void {
    this.#closed = true;
    this.#timer.close();
    this.#receipts.close();
  }

  /** Places the divider before the first unread message, if that is due. Fetches older pages first when the message may be among them. */
  #placeDivider(): void {
    const state = this.#hooks.state();
    if (this.#closed || this.#fetching || !this.#readState.isDividerDue() || state.contiguous === null || state.oldest === null) return;
    const messages = this.#hooks.messages();
    if (this.#pagesLeft > 0 && this.#readState.reachesBack(state)) {
      void this.#fetchOlder(state.oldest);
      return;
    }
    this.#readState.placeDivider(messages);
    this.#watchInView();
    this.#hooks.onChange();
  }

  async #fetchOlder(oldest: number): Promise<void> {
    this.#pagesLeft -= 1;
    this.#fetching = true;
    try {
      await this.#hooks.fetch({ beforeSeq: oldest, limit: MAX_PAGE_SIZE });
    } catch (error) {
      // The divider goes to the oldest loaded message.
      this.#effects.note('unread messages not fetched', error);
      this.#pagesLeft = 0;
    }
    this.#fetching = false;
    this.#placeDivider();
  }

  #watchInView(): void {
    this.#timer.set(this.#readState.inView());
  }
}
