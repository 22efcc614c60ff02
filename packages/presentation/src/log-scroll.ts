import { type ConversationSnapshot, type LogView, messageId } from '@switchboard/client';

/** Distance from the end that still counts as being there, in CSS pixels. */
const AT_END = 48;
/** From this distance on, the button to the newest message is shown. */
const AWAY = 200;
/** Distance from the top at which older messages are fetched. */
const NEAR_TOP = 600;
/** Distance between the upper edge and the message that the log opens at. */
const MARGIN = 16;
/** A divider within this distance above a message belongs to it. */
const DIVIDER = 64;

/** The scroll position of the log, for the buttons on it. */
export interface LogPosition {
  /** Whether the newest message is far away. */
  readonly away: boolean;
  /** Number of unread messages above and below the viewport. */
  readonly above: number;
  readonly below: number;
}

export const AT_THE_END: LogPosition = { away: false, above: 0, below: 0 };

export interface LogScrollHooks {
  onPosition(position: LogPosition): void;
  onView(view: LogView): void;
  /** The top is near: older messages should be fetched, if there are any. */
  onNearTop(): void;
}

/** The content of the log, and whether a person is looking. */
export interface LogState {
  readonly snapshot: Pick<ConversationSnapshot, 'messages' | 'opened' | 'unread'>;
  readonly attended: boolean;
}

/** A message in view, and its distance from the upper edge, which has to stay the same. */
interface Anchor {
  readonly element: HTMLElement;
  readonly id: string;
  readonly top: number;
}

/**
 * Controls the scroll position of a conversation's log. The log opens with the first unread message at its upper edge, or at its end; it follows the end only
 * while it is there; and it keeps messages in view in place when content above is added, removed or resized. Elements of messages have their `messageId` as
 * `data-key`, and the divider before the first unread message has `data-new-divider`. The browser's own scroll anchoring must be off
 * (`overflow-anchor: none`): both together would scroll to a wrong position.
 */
export class LogScroll {
  readonly #scroller: HTMLElement;
  readonly #content: HTMLElement;
  readonly #hooks: LogScrollHooks;
  readonly #sizes: ResizeObserver;
  #state: LogState = { snapshot: { messages: [], opened: false, unread: [] }, attended: false };
  #elements: readonly HTMLElement[] = [];
  #unread: readonly HTMLElement[] = [];
  #opened = false;
  #following = true;
  #newest = '';
  #anchor: Anchor | undefined;
  /** Scroll position and height after the last update. */
  #top = 0;
  #height = 0;
  #position = AT_THE_END;
  #view = '';

  constructor(scroller: HTMLElement, content: HTMLElement, hooks: LogScrollHooks) {
    this.#scroller = scroller;
    this.#content = content;
    this.#hooks = hooks;
    scroller.addEventListener('scroll', this.#scrolled, { passive: true });
    // Pictures load, the composer grows, a keyboard appears, the panel opens.
    this.#sizes = new ResizeObserver(() => this.#settle());
    this.#sizes.observe(scroller);
    this.#sizes.observe(content);
  }

  /** Call it after each change of the state, when the document has been updated but not painted yet. */
  update(state: LogState): void {
    const before = this.#newest;
    this.#state = state;
    const { messages, unread } = state.snapshot;
    this.#elements = [...this.#content.querySelectorAll<HTMLElement>('[data-key]')];
    const wanted = new Set(unread);
    this.#unread = wanted.size === 0 ? [] : this.#elements.filter(({ dataset }) => wanted.has(dataset.key ?? ''));
    const newest = messages.at(-1);
    this.#newest = newest === undefined ? '' : messageId(newest);
    // The person has sent a message: scroll to it.
    if (this.#newest !== before && newest?.own === true) this.#following = true;
    this.#settle();
    // Content that does not fill the viewport can't be scrolled, so no scroll event would load older messages.
    if (this.#opened && this.#scroller.scrollHeight <= this.#scroller.clientHeight + NEAR_TOP) this.#hooks.onNearTop();
  }

  /** Scrolls to the newest message. */
  toEnd(): void {
    this.#scrollTo(this.#end());
    this.#noteState();
  }

  /** Scrolls to the first unread message above the viewport; if there is none, to the first below, or to the end if that shows it. */
  toUnread(): void {
    const { above, below } = this.#position;
    const target = this.#unread[above > 0 ? 0 : this.#unread.length - below];
    if (target === undefined) return this.toEnd();
    this.#scrollTo(this.#topOf(target));
    this.#noteState();
  }

  close(): void {
    this.#scroller.removeEventListener('scroll', this.#scrolled);
    this.#sizes.disconnect();
  }

  #settle(): void {
    // A hidden panel has no height.
    const opened = this.#state.snapshot.opened && this.#scroller.clientHeight > 0;
    if (opened !== this.#opened) this.#view = '';
    if (opened && !this.#opened) this.#open();
    else this.#keepInPlace();
    this.#opened = opened;
    this.#noteState();
  }

  #open(): void {
    const [first] = this.#unread;
    if (first === undefined) {
      // A log that is opened again keeps its position.
      if (this.#following) this.#scrollTo(this.#end());
      return;
    }
    this.#scrollTo(this.#topOf(first));
  }

  /** Stays at the end, or keeps the anchor in position. */
  #keepInPlace(): void {
    if (this.#following) {
      const [first] = this.#unread;
      // While nobody is looking, no unread message is scrolled out of view.
      const waits = this.#opened && !this.#state.attended && first !== undefined;
      this.#scrollTo(waits ? Math.max(this.#topOf(first), this.#scroller.scrollTop) : this.#end());
      return;
    }
    const anchor = this.#anchor;
    if (anchor === undefined) return;
    const element = anchor.element.isConnected ? anchor.element : this.#elements.find(({ dataset }) => dataset.key === anchor.id);
    if (element === undefined) return;
    const moved = this.#offsetOf(element) - anchor.top;
    if (element !== anchor.element) this.#anchor = { ...anchor, element };
    if (Math.abs(moved) >= 1) this.#scroller.scrollTop += moved;
  }

  readonly #scrolled = () => {
    const { scrollTop, scrollHeight } = this.#scroller;
    const byPerson = Math.abs(scrollTop - this.#top) >= 1;
    if (this.#isAtEnd()) this.#following = true;
    // Scrolling up at an unchanged height is done by the person; a growing log must not count as that.
    else if (scrollHeight === this.#height && scrollTop < this.#top - 1) this.#following = false;
    if (byPerson) this.#anchor = undefined;
    this.#noteState();
    if (this.#opened && scrollTop < NEAR_TOP) this.#hooks.onNearTop();
  };

  /** Remembers the position and reports it. */
  #noteState(): void {
    this.#top = this.#scroller.scrollTop;
    this.#height = this.#scroller.scrollHeight;
    this.#anchor ??= this.#findAnchor();
    this.#report();
  }

  /** The first message in view. */
  #findAnchor(): Anchor | undefined {
    const element = this.#elements[this.#firstBelow(this.#elements, 0, 'bottom')];
    return element === undefined ? undefined : { element, id: element.dataset.key ?? '', top: this.#offsetOf(element) };
  }

  #report(): void {
    if (!this.#opened) return;
    const height = this.#scroller.clientHeight;
    const above = this.#firstBelow(this.#unread, 0, 'bottom');
    const until = this.#firstBelow(this.#unread, height, 'top');
    const inView = this.#unread.slice(above, until).filter((element) => this.#shows(element, height));
    const position = { away: this.#end() - this.#scroller.scrollTop > AWAY, above, below: this.#unread.length - until };
    if (position.away !== this.#position.away || position.above !== this.#position.above || position.below !== this.#position.below) {
      this.#position = position;
      this.#hooks.onPosition(position);
    }
    const ids = inView.map(({ dataset }) => dataset.key ?? '');
    const shown = new Set(ids);
    const outOfView = this.#unread.map(({ dataset }) => dataset.key ?? '').filter((id) => !shown.has(id));
    const view = [this.#following, ...ids, '', ...outOfView].join('\n');
    if (view === this.#view) return;
    this.#view = view;
    this.#hooks.onView({ inView: ids, outOfView, following: this.#following });
  }

  /** Whether a person can see this message: half of it is visible, or it fills half of the viewport. */
  #shows(element: HTMLElement, height: number): boolean {
    const { top, bottom } = element.getBoundingClientRect();
    const edge = this.#scroller.getBoundingClientRect().top;
    const seen = Math.min(bottom - edge, height) - Math.max(top - edge, 0);
    return seen >= Math.min(bottom - top, height) / 2;
  }

  /** Index of the first element whose `side` is more than `y` pixels below the upper edge. Elements are in order. Binary search: each read may cost a layout. */
  #firstBelow(elements: readonly HTMLElement[], y: number, side: 'top' | 'bottom'): number {
    const edge = this.#scroller.getBoundingClientRect().top + y;
    let [low, high] = [0, elements.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((elements[middle]?.getBoundingClientRect()[side] ?? 0) > edge) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Distance from the upper edge in pixels. */
  #offsetOf(element: HTMLElement): number {
    return element.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
  }

  /** The scroll position that puts this message, with the divider before it, at the upper edge. */
  #topOf(element: HTMLElement): number {
    const at = this.#offsetOf(element);
    const divider = this.#content.querySelector<HTMLElement>('[data-new-divider]');
    const before = divider === null ? at : this.#offsetOf(divider);
    return this.#scroller.scrollTop + (before < at && at - before < DIVIDER ? before : at) - MARGIN;
  }

  #end(): number {
    return this.#scroller.scrollHeight - this.#scroller.clientHeight;
  }

  #isAtEnd(): boolean {
    return this.#end() - this.#scroller.scrollTop <= AT_END;
  }

  /** Scrolls to `top`, or to the end if that comes first. */
  #scrollTo(top: number): void {
    const end = this.#end();
    this.#following = top >= end - AT_END;
    this.#scroller.scrollTop = Math.min(top, end);
    this.#anchor = undefined;
  }
}
