import { createChatFrame, type ChatFrame, type FrameState } from './chat-frame.ts';
import { createFullScreen, type FullScreen } from './full-screen.ts';
import { createMount, type Mount } from './mount.ts';
import { hasPageFocus } from './page-focus.ts';
import { watchUrl } from './page-url.ts';
import type { WidgetSettings } from './settings.ts';
import { conversationFlag, openFlag } from './storage.ts';
import { createView, type View } from './view.ts';

export interface Prefill {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(run, { timeout: 5_000 });
  else setTimeout(run, 1_000);
}

/** Launcher and panel on the host page. The frame, and with it everything heavy, is loaded when the panel is opened first. */
export class Widget {
  readonly #emit: (event: string, detail?: unknown) => void;
  /** Aborted by `destroy`. */
  readonly #life = new AbortController();
  readonly #view: View;
  readonly #frame: ChatFrame;
  readonly #fullScreen: FullScreen;
  readonly #mount: Mount;
  /** The visit has been continued on this page: the panel was opened again, or the frame of a conversation is loading. */
  #isResumed = false;
  #prefill: Prefill;
  #isOpen = false;
  /** A person has opened the panel, and the frame has not got the focus yet. */
  #wantsFocus = false;
  /** The element of the page that opened the panel, if not the launcher. */
  #opener: HTMLElement | undefined;
  #unread = 0;
  /** The frame has reported an active conversation. */
  #hasConversation = false;

  /** @param emit notifies the page of an event */
  constructor(settings: WidgetSettings, prefill: Prefill, emit: (event: string, detail?: unknown) => void) {
    this.#prefill = prefill;
    this.#emit = emit;
    this.#view = createView(
      settings,
      () => this.toggle(),
      () => this.#retry(),
      () => this.close(true),
    );
    this.#frame = createChatFrame(settings, this.#view.panel, (state) => this.#showFrameState(state));
    this.#fullScreen = createFullScreen(this.#view, () => this.close());
    this.#mount = createMount(this.#view.host, (reloaded) => {
      if (reloaded) this.#frame.restarted();
      this.#fit();
    });
    this.#listen();
    this.#draw();
  }

  /** Adds the widget to the page, or adds it again. */
  attach(): void {
    this.#mount.take();
    if (this.#isResumed) return;
    this.#isResumed = true;
    // On a phone an open panel would cover the page that the person has just opened.
    if (openFlag() && !this.#fullScreen.narrow.matches) this.open(false);
    else if (conversationFlag()) whenIdle(() => this.#frame.load());
  }

  /** @param byPerson gives the frame the focus; `opener` gets it back when the panel is closed */
  open(byPerson = true, opener?: HTMLElement): void {
    this.attach();
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#opener = opener;
    this.#wantsFocus = byPerson;
    openFlag(true);
    this.show();
    this.#draw();
    this.#frame.load();
    this.#fit();
    if (this.#frame.state() === 'ready') this.#sendAll(true);
    else if (byPerson) this.#focus();
    this.#emit('open');
  }

  /** @param byPerson false if the page closes the panel, perhaps because it is navigating */
  close(byPerson = false): void {
    if (!this.#isOpen) return;
    const focused = this.#view.hasFocus();
    this.#isOpen = false;
    openFlag(false);
    this.#draw();
    this.#fit();
    this.#fullScreen.forget(byPerson);
    this.#sendState(false);
    if (focused) (this.#opener ?? this.#view.launcher).focus({ preventScroll: true });
    this.#emit('close');
  }

  toggle(): void {
    if (this.#isOpen) this.close(true);
    else this.open();
  }

  show(): void {
    this.#view.host.hidden = false;
  }

  hide(): void {
    this.close();
    this.#view.host.hidden = true;
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
    this.#frame.remove();
    this.#mount.leave();
  }

  #listen(): void {
    const { signal } = this.#life;
    // Before the page's own listeners, where the browser allows it.
    const first = { signal, capture: true };
    const sendFocus = () => this.#sendFocus();
    window.addEventListener('click', (event) => this.#openByClick(event), first);
    window.addEventListener('popstate', (event) => this.#fullScreen.popped(event), first);
    window.addEventListener('message', (event) => this.#receive(event), { signal });
    window.addEventListener('keydown', (event) => this.#closeByKey(event), { signal });
    window.addEventListener('focus', sendFocus, { signal });
    window.addEventListener('blur', sendFocus, { signal });
    const retry = () => {
      if (this.#frame.state() === 'failed') this.#frame.load();
    };
    window.addEventListener('online', retry, { signal });
    this.#fullScreen.narrow.addEventListener('change', () => this.#fit(), { signal });
    watchUrl(signal, () => this.#sendPage());
  }

  #draw(): void {
    this.#view.draw(this.#isOpen, this.#unread);
  }

  #showFrameState(state: FrameState): void {
    const focused = this.#view.hasFocus();
    this.#view.overlay.show(state);
    if (state === 'ready') this.#sendAll(focused);
    else if (state === 'failed' && this.#isOpen && focused) this.#focus();
  }

  #retry(): void {
    this.#wantsFocus = true;
    this.#frame.load();
    this.#focus();
  }

  /** Sends the whole state to a document in the frame that has just become ready, or when the panel is opened. */
  #sendAll(mayFocus: boolean): void {
    const focus = this.#isOpen && this.#wantsFocus && mayFocus;
    this.#wantsFocus = false;
    if (focus) this.#frame.focus();
    this.#sendPage();
    this.#sendFocus();
    this.prefill(this.#prefill);
    this.#sendState(focus);
  }

  #sendPage(): void {
    this.#frame.tell('page', { url: location.href.slice(0, 2_048) });
  }

  /** Asynchronous: during a focus event it is not known yet which element gets the focus. */
  #sendFocus(): void {
    setTimeout(() => this.#frame.tell('focus', { page: hasPageFocus() }));
  }

  #sendState(focus: boolean): void {
    if (this.#isOpen) this.#frame.tell('opened', { focus, full: this.#fullScreen.isOn() });
    else this.#frame.tell('closed', {});
  }

  /** Focuses the frame or, until it is ready, the control that takes its place. */
  #focus(): void {
    const state = this.#frame.state();
    if (state === 'ready') this.#frame.focus();
    else if (this.#fullScreen.isOn() || state === 'failed') this.#view.overlay.focus();
    else this.#view.launcher.focus({ preventScroll: true });
  }

  /** Updates the full-screen mode: the window may be resized, or a phone rotated, while the panel is open. */
  #fit(): void {
    const focused = this.#view.hasFocus();
    if (!this.#fullScreen.update(this.#isOpen) || !this.#isOpen) return;
    this.#sendState(false);
    // The launcher may have had the focus, and is hidden now.
    if (focused && this.#fullScreen.isOn()) this.#focus();
  }

  #receive(event: MessageEvent): void {
    const message = this.#frame.read(event);
    if (message?.type === 'close') this.close(true);
    else if (message?.type === 'conversation') {
      conversationFlag(message.active);
      // The conversation has ended: the next page starts with a closed panel.
      if (this.#hasConversation && !message.active) openFlag(false);
      this.#hasConversation = message.active;
    } else if (message?.type === 'unread' && message.count !== this.#unread) {
      this.#unread = message.count;
      this.#draw();
      this.#emit('unread', message.count);
    }
  }

  #closeByKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.#isOpen || event.defaultPrevented || event.isComposing) return;
    // Escape closes only the panel, not also a dialog around it.
    event.preventDefault();
    this.close(true);
  }

  #openByClick(event: MouseEvent): void {
    const [target] = event.composedPath();
    const opener = target instanceof Element ? target.closest<HTMLElement>('[data-switchboard-open]') : null;
    if (opener === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.open(true, opener);
  }
}
