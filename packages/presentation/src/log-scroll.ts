import { type ConversationSnapshot, type LogView, messageId } from '@switchboard/client';

/** This close to the end counts as being there, in CSS pixels. */
const AT_END = 48;
/** From this far on, the way to the newest message is shown. */
const AWAY = 200;
/** Older messages are fetched before the top is reached. */
const NEAR_TOP = 600;
/** Between the upper edge and what the log opens at. */
const MARGIN = 16;
/** A divider this close above a message belongs to it. */
const DIVIDER = 64;

/** Where the log stands, for the buttons on it. */
export interface LogPosition {
  /** Far from the newest message. */
  readonly away: boolean;
  /** Number of unread messages above and below what is in view. */
  readonly above: number;
  readonly below: number;
}

export const AT_THE_END: LogPosition = { away: false, above: 0, below: 0 };

export interface LogScrollHooks {
  onPosition(position: LogPosition): void;
  onView(view: LogView): void;
  /** The top is near: older messages are wanted, if there are any. */
  onNearTop(): void;
}

/** What the log shows, and whether a person looks at it. */
export interface LogState {
  readonly snapshot: Pick<ConversationSnapshot, 'messages' | 'opened' | 'unread'>;
  readonly attended: boolean;
}

/** A message in view, and how far from the upper edge it has to stay. */
interface Anchor {
  readonly element: HTMLElement;
  readonly id: string;
  readonly top: number;
}

/**
 * Where the log of a conversation stands. It opens with the first unread message at its upper edge, or at its end; stays at the end only while it is there;
 * and keeps what is in view where it is, whatever comes, goes or grows above. Elements of messages have their `messageId` as `data-key`, and the divider
 * before the first unread one has `data-new-divider`. The browser must not anchor by itself (`overflow-anchor: none`): both at once end in between.
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
  /** As it was left. */
  #top = 0;
  #height = 0;
  #position = AT_THE_END;
  #view = '';

  constructor(scroller: HTMLElement, content: HTMLElement, hooks: LogScrollHooks) {
    this.#scroller = scroller;
    this.#content = content;
    this.#hooks = hooks;
    scroller.addEventListener('scroll', this.#scrolled, { passive: true });
    // Pictures that load, a composer that grows, a keyboard that comes up, a panel that opens.
    this.#sizes = new ResizeObserver(() => this.#settle());
    this.#sizes.observe(scroller);
    this.#sizes.observe(content);
  }

  /** To be called after each change of the state, when the document shows it and before it is painted. */
  update(state: LogState): void {
    const before = this.#newest;
    this.#state = state;
    const { messages, unread } = state.snapshot;
    this.#elements = [...this.#content.querySelectorAll<HTMLElement>('[data-key]')];
    const wanted = new Set(unread);
    this.#unread = wanted.size === 0 ? [] : this.#elements.filter(({ dataset }) => wanted.has(dataset.key ?? ''));
    const newest = messages.at(-1);
    this.#newest = newest === undefined ? '' : messageId(newest);
    // Who sends wants to see it.
    if (this.#newest !== before && newest?.own === true) this.#following = true;
    this.#settle();
    // What does not fill the window leaves nothing to scroll.
    if (this.#opened && this.#scroller.scrollHeight <= this.#scroller.clientHeight + NEAR_TOP) this.#hooks.onNearTop();
  }

  /** Goes to the newest message. */
  toEnd(): void {
    this.#goTo(this.#end());
    this.#note();
  }

  /** Goes to the first unread message above what is in view; where there is none, to the first below, or to the end if that shows it. */
  toUnread(): void {
    const { above, below } = this.#position;
    const target = this.#unread[above > 0 ? 0 : this.#unread.length - below];
    if (target === undefined) return this.toEnd();
    this.#goTo(this.#topOf(target));
    this.#note();
  }

  close(): void {
    this.#scroller.removeEventListener('scroll', this.#scrolled);
    this.#sizes.disconnect();
  }

  #settle(): void {
    // A panel that is not shown yet has no height.
    const opened = this.#state.snapshot.opened && this.#scroller.clientHeight > 0;
    if (opened !== this.#opened) this.#view = '';
    if (opened && !this.#opened) this.#open();
    else this.#hold();
    this.#opened = opened;
    this.#note();
  }

  #open(): void {
    const [first] = this.#unread;
    if (first === undefined) {
      // Opened again, it stands where it was left.
      if (this.#following) this.#goTo(this.#end());
      return;
    }
    this.#goTo(this.#topOf(first));
  }

  /** Stays at the end, or with what is in view. */
  #hold(): void {
    if (this.#following) {
      const [first] = this.#unread;
      // While nobody looks, nothing unread is scrolled out of sight.
      const waits = this.#opened && !this.#state.attended && first !== undefined;
      this.#goTo(waits ? Math.max(this.#topOf(first), this.#scroller.scrollTop) : this.#end());
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
    // Only a person moves upwards while the height stays the same; what grows below must not count as that.
    else if (scrollHeight === this.#height && scrollTop < this.#top - 1) this.#following = false;
    if (byPerson) this.#anchor = undefined;
    this.#note();
    if (this.#opened && scrollTop < NEAR_TOP) this.#hooks.onNearTop();
  };

  /** Remembers where it stands, and tells it. */
  #note(): void {
    this.#top = this.#scroller.scrollTop;
    this.#height = this.#scroller.scrollHeight;
    this.#anchor ??= this.#findAnchor();
    this.#look();
  }

  /** The first message in view. */
  #findAnchor(): Anchor | undefined {
    const element = this.#elements[this.#firstBelow(this.#elements, 0, 'bottom')];
    return element === undefined ? undefined : { element, id: element.dataset.key ?? '', top: this.#offsetOf(element) };
  }

  #look(): void {
    if (!this.#opened) return;
    const height = this.#scroller.clientHeight;
    const above = this.#firstBelow(this.#unread, 0, 'bottom');
    const until = this.#firstBelow(this.#unread, height, 'top');
    const inView = this.#unread.slice(above, until).filter((element) => this.#shows(element, height));
    const place = { away: this.#end() - this.#scroller.scrollTop > AWAY, above, below: this.#unread.length - until };
    if (place.away !== this.#position.away || place.above !== this.#position.above || place.below !== this.#position.below) {
      this.#position = place;
      this.#hooks.onPosition(place);
    }
    const ids = inView.map(({ dataset }) => dataset.key ?? '');
    const shown = new Set(ids);
    const outOfView = this.#unread.map(({ dataset }) => dataset.key ?? '').filter((id) => !shown.has(id));
    const view = [this.#following, ...ids, '', ...outOfView].join('\n');
    if (view === this.#view) return;
    this.#view = view;
    this.#hooks.onView({ inView: ids, outOfView, following: this.#following });
  }

  /** Whether a person can see this message: half of it, or as much of it as fills half of the window. */
  #shows(element: HTMLElement, height: number): boolean {
    const { top, bottom } = element.getBoundingClientRect();
    const edge = this.#scroller.getBoundingClientRect().top;
    const seen = Math.min(bottom - edge, height) - Math.max(top - edge, 0);
    return seen >= Math.min(bottom - top, height) / 2;
  }

  /** Index of the first of these, which stand in order, whose side lies below `y` pixels under the upper edge. Reads few of them: each read may cost a layout. */
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

  /** Pixels from the upper edge. */
  #offsetOf(element: HTMLElement): number {
    return element.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
  }

  /** Where to scroll to so that this message, with the divider before it, stands at the upper edge. */
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

  /** Goes there, or to the end if that comes first, and stays. */
  #goTo(top: number): void {
    const end = this.#end();
    this.#following = top >= end - AT_END;
    this.#scroller.scrollTop = Math.min(top, end);
    this.#anchor = undefined;
  }
}
