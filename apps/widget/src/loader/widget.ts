import { launcherRing, textOn } from '../color.ts';
import { createChatFrame, type ChatFrame, type FrameState } from './chat-frame.ts';
import { createOverlay, type Overlay } from './overlay.ts';
import { make, makeButton, makeIcon, redraw } from './dom.ts';
import { hasPageFocus } from './page-focus.ts';
import { createPageLock } from './page-lock.ts';
import { createMount } from './mount.ts';
import type { WidgetSettings } from './settings.ts';
import { CONVERSATION, note, OPEN } from './storage.ts';
import STYLE from './style.css?inline';

const BUBBLE = 'M5.5 5h13a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2H12L7.5 20v-3.5h-2a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z';
const CHEVRON = 'm6 9.5 6 6 6-6';
/** How often the page's address is looked at where the browser does not tell of changes. Milliseconds. */
const LOOK_MS = 1_000;

export interface Prefill {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

function idle(run: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(run, { timeout: 5_000 });
  else setTimeout(run, 1_000);
}

/** Launcher and panel on the host page. The frame, and with it everything heavy, is made at the first opening. */
export class Widget {
  readonly #host = document.createElement('switchboard-widget');
  readonly #icon = makeIcon(BUBBLE);
  readonly #badge = make('span', 'badge');
  readonly #launcher = makeButton('launcher', () => this.toggle(), this.#icon, this.#badge);
  readonly #panel = make('div', 'panel');
  /** As wide as a phone: the panel fills the screen. */
  readonly #narrow = matchMedia('(max-width: 479px)');
  readonly #settings: WidgetSettings;
  readonly #emit: (event: string, detail?: unknown) => void;
  readonly #life = new AbortController();
  readonly #lock = createPageLock(() => this.close());
  readonly #frame: ChatFrame;
  readonly #overlay: Overlay;
  readonly #mount = createMount(this.#host, (reloaded) => {
    if (reloaded) this.#frame.restarted();
    this.#fit();
  });
  #prefill: Prefill;
  #timer: ReturnType<typeof setInterval> | undefined;
  #begun = false;
  #isOpen = false;
  #isFull = false;
  /** A person has opened the panel, and the frame has not been given the keyboard yet. */
  #wantsFocus = false;
  /** What on the page has opened the panel, if not the launcher. */
  #opener: HTMLElement | undefined;
  #unread = 0;
  #talking = false;
  #url = '';

  /** @param emit tells the page */
  constructor(settings: WidgetSettings, prefill: Prefill, emit: (event: string, detail?: unknown) => void) {
    this.#settings = settings;
    this.#prefill = prefill;
    this.#emit = emit;
    this.#frame = createChatFrame(settings, this.#panel, (state) => this.#follow(state));
    this.#overlay = createOverlay(
      settings,
      () => this.#tryAgain(),
      () => this.close(true),
    );
    this.#build();
    this.#listen();
    this.#draw();
  }

  /** Puts the widget on the page, or back on it. */
  attach(): void {
    this.#mount.take();
    if (this.#begun) return;
    this.#begun = true;
    // On a phone it would cover the page that somebody has just gone to.
    if (note('sessionStorage', OPEN) && !this.#narrow.matches) this.open(false);
    else if (note('localStorage', CONVERSATION)) idle(() => this.#frame.load());
  }

  /** @param byPerson gives the frame the keyboard; `opener` gets it back when the panel is closed */
  open(byPerson = true, opener?: HTMLElement): void {
    this.attach();
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#opener = opener;
    this.#wantsFocus = byPerson;
    note('sessionStorage', OPEN, true);
    this.show();
    this.#draw();
    this.#frame.load();
    this.#fit();
    if (this.#frame.state() === 'ready') this.#greet(true);
    else if (byPerson) this.#holdFocus();
    this.#emit('open');
  }

  /** @param byPerson and not by the page, which may be on its way elsewhere */
  close(byPerson = false): void {
    if (!this.#isOpen) return;
    const focused = this.#isFocused();
    this.#isOpen = false;
    note('sessionStorage', OPEN, false);
    this.#draw();
    this.#fit();
    this.#lock.forget(byPerson);
    this.#tellState(false);
    if (focused) (this.#opener ?? this.#launcher).focus({ preventScroll: true });
    this.#emit('close');
  }

  toggle(): void {
    if (this.#isOpen) this.close(true);
    else this.open();
  }

  show(): void {
    this.#host.hidden = false;
  }

  hide(): void {
    this.close();
    this.#host.hidden = true;
  }

  prefill(visitor: Prefill): void {
    this.#prefill = visitor;
    this.#frame.tell('prefill', visitor);
  }

  unreadCount(): number {
    return this.#unread;
  }

  destroy(): void {
    this.close();
    this.#life.abort();
    clearInterval(this.#timer);
    this.#frame.remove();
    this.#mount.leave();
  }

  #build(): void {
    const { color: brand, offset, side, zIndex, hideLauncher, locale, title } = this.#settings;
    const [x, y] = offset;
    const root = this.#host.attachShadow({ mode: 'open' });
    const style = new CSSStyleSheet();
    style.replaceSync(
      `${STYLE}:host{--brand:${brand};--on-brand:${textOn(brand)};--ring:${launcherRing(brand)};--x:${x}px;--y:${y}px;z-index:${zIndex}!important}`,
    );
    root.adoptedStyleSheets = [style];
    this.#host.dataset.side = side;
    this.#host.toggleAttribute('data-bare', hideLauncher);
    this.#badge.ariaHidden = 'true';
    this.#panel.role = 'dialog';
    this.#panel.ariaLabel = title;
    // Where a language is asked for, the panel goes the page's way.
    if (locale === undefined) this.#panel.dir = 'ltr';
    this.#panel.append(this.#overlay.element);
    root.append(this.#panel, this.#launcher);
  }

  #listen(): void {
    const { signal } = this.#life;
    // Before the page's own listeners, where the browser allows.
    const first = { signal, capture: true };
    window.addEventListener('click', this.#clicked, first);
    window.addEventListener('popstate', (event) => this.#lock.popped(event), first);
    window.addEventListener('message', this.#receive, { signal });
    window.addEventListener('keydown', this.#escape, { signal });
    window.addEventListener('focus', this.#tellFocus, { signal });
    window.addEventListener('blur', this.#tellFocus, { signal });
    const retry = () => {
      if (this.#frame.state() === 'failed') this.#frame.load();
    };
    window.addEventListener('online', retry, { signal });
    this.#narrow.addEventListener('change', this.#fit, { signal });
    if ('navigation' in window) (window.navigation as EventTarget).addEventListener('currententrychange', this.#look, { signal });
    else this.#timer = setInterval(this.#look, LOOK_MS);
  }

  #draw(): void {
    const unread = this.#isOpen ? 0 : this.#unread;
    this.#host.toggleAttribute('data-open', this.#isOpen);
    this.#panel.hidden = !this.#isOpen;
    redraw(this.#icon, this.#isOpen ? CHEVRON : BUBBLE);
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > 99 ? '99+' : String(unread);
    this.#launcher.ariaLabel = this.#isOpen ? 'Close chat' : `Open chat${unread > 0 ? `, ${unread} unread` : ''}`;
    this.#launcher.ariaExpanded = String(this.#isOpen);
  }

  /** The frame begins, answers or can't be had. */
  #follow(state: FrameState): void {
    const focused = this.#isFocused();
    this.#overlay.show(state);
    if (state === 'ready') this.#greet(focused);
    else if (state === 'failed' && this.#isOpen && focused) this.#holdFocus();
  }

  #tryAgain(): void {
    this.#wantsFocus = true;
    this.#frame.load();
    this.#holdFocus();
  }

  /** Tells a document in the frame everything it has to know. */
  #greet(mayFocus: boolean): void {
    const focus = this.#isOpen && this.#wantsFocus && mayFocus;
    this.#wantsFocus = false;
    if (focus) this.#frame.focus();
    this.#tellPage();
    this.#tellFocus();
    this.prefill(this.#prefill);
    this.#tellState(focus);
  }

  /** A moment later: only then is it known what has the focus. */
  readonly #tellFocus = () => setTimeout(() => this.#frame.tell('focus', { page: hasPageFocus() }));

  #tellState(focus: boolean): void {
    if (this.#isOpen) this.#frame.tell('opened', { focus, full: this.#isFull });
    else this.#frame.tell('closed', {});
  }

  /** Gives the keyboard to the frame, or to what is in its place until it can have it. */
  #holdFocus(): void {
    const state = this.#frame.state();
    if (state === 'ready') this.#frame.focus();
    else if (this.#isFull || state === 'failed') this.#overlay.focus();
    else this.#launcher.focus({ preventScroll: true });
  }

  #isFocused(): boolean {
    return document.activeElement === this.#host;
  }

  /** Fills the screen or leaves it, as the window is now: a phone may be turned while the panel is open. */
  readonly #fit = () => {
    const full = this.#isOpen && this.#narrow.matches;
    if (full) this.#lock.on();
    else this.#lock.off();
    if (full === this.#isFull) return;
    const focused = this.#isFocused();
    this.#isFull = full;
    this.#host.toggleAttribute('data-full', full);
    this.#panel.ariaModal = full ? 'true' : null;
    if (!this.#isOpen) return;
    this.#tellState(false);
    // The launcher may have had it, which is out of sight now.
    if (full && focused) this.#holdFocus();
  };

  #tellPage(): void {
    this.#url = location.href;
    this.#frame.tell('page', { url: this.#url.slice(0, 2_048) });
  }

  readonly #look = () => {
    if (location.href !== this.#url) this.#tellPage();
  };

  readonly #receive = (event: MessageEvent) => {
    const message = this.#frame.read(event);
    if (message?.type === 'close') this.close(true);
    else if (message?.type === 'conversation') {
      note('localStorage', CONVERSATION, message.active);
      // Ended: the next page begins with a closed panel.
      if (this.#talking && !message.active) note('sessionStorage', OPEN, false);
      this.#talking = message.active;
    } else if (message?.type === 'unread' && message.count !== this.#unread) {
      this.#unread = message.count;
      this.#draw();
      this.#emit('unread', message.count);
    }
  };

  readonly #escape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !this.#isOpen || event.defaultPrevented || event.isComposing) return;
    // One key closes one thing: not the dialog around the panel, too.
    event.preventDefault();
    this.close(true);
  };

  readonly #clicked = (event: MouseEvent) => {
    const [target] = event.composedPath();
    const opener = target instanceof Element ? target.closest<HTMLElement>('[data-switchboard-open]') : null;
    if (opener === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.open(true, opener);
  };
}
