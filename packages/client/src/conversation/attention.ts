import { MAX_PAGE_SIZE } from '@switchboard/protocol/limits';

import type { LogView, TimelineMessage } from '../model/types.ts';
import type { Effects } from '../platform/effects.ts';
import type { PageQuery, TimelineState } from '../timeline/state.ts';
import type { Side } from '../timeline/view.ts';
import { Dwell } from './dwell.ts';
import { Reading } from './reading.ts';

/** Pages of older messages that are fetched at most to find the first unread one, when a conversation is opened. */
const PAGES_BACK = 5;

export interface AttentionHooks {
  state(): TimelineState;
  /** What is shown of it. */
  messages(): readonly TimelineMessage[];
  fetch(query: PageQuery): Promise<void>;
  onChange(): void;
}

/** Watches a conversation that is on the screen: finds where its unread messages begin, and marks as read what somebody has seen. */
export class Attention {
  readonly #effects: Pick<Effects, 'after' | 'note'>;
  readonly reading: Reading;
  readonly #hooks: AttentionHooks;
  readonly #dwell: Dwell;
  #pagesLeft = 0;
  #fetching = false;
  #closed = false;

  constructor(effects: Pick<Effects, 'after' | 'note'>, side: Side, hooks: AttentionHooks) {
    this.#effects = effects;
    this.reading = new Reading(side);
    this.#hooks = hooks;
    this.#dwell = new Dwell(effects, (ids) => {
      this.reading.see(ids);
      hooks.onChange();
    });
  }

  /** Returns whether that is news. */
  setOpen(open: boolean): boolean {
    if (open === this.reading.isOpen()) return false;
    this.reading.setOpen(open);
    this.#pagesLeft = PAGES_BACK;
    if (open) this.divide();
    this.#look();
    return true;
  }

  /** Returns whether that is news. */
  setVisible(visible: boolean): boolean {
    if (visible === this.reading.isVisible()) return false;
    this.reading.setVisible(visible);
    this.#look();
    return true;
  }

  setView(view: LogView): void {
    this.reading.setView(view);
    this.#look();
  }

  /** Settles where what is unread begins, if that is due and once it is here: it may be some pages back. */
  divide(): void {
    const state = this.#hooks.state();
    if (this.#closed || this.#fetching || !this.reading.isDividerDue() || state.contiguous === null || state.oldest === null) return;
    const messages = this.#hooks.messages();
    if (this.#pagesLeft > 0 && this.reading.reachesBack(state)) {
      void this.#fetchOlder(state.oldest);
      return;
    }
    this.reading.divide(messages);
    this.#look();
    this.#hooks.onChange();
  }

  close(): void {
    this.#closed = true;
    this.#dwell.close();
  }

  async #fetchOlder(oldest: number): Promise<void> {
    this.#pagesLeft -= 1;
    this.#fetching = true;
    try {
      await this.#hooks.fetch({ beforeSeq: oldest, limit: MAX_PAGE_SIZE });
    } catch (error) {
      // It opens at the oldest message that is here.
      this.#effects.note('unread messages not fetched', error);
      this.#pagesLeft = 0;
    }
    this.#fetching = false;
    this.divide();
  }

  #look(): void {
    this.#dwell.set(this.reading.inView());
  }
}
