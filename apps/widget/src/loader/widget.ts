import { readColor, textOn } from '../color.ts';
import { readFromFrame, type FrameSettings, type FromLoader } from '../messages.ts';
import { STYLE } from './style.ts';

const TAG = 'switchboard-widget';
/** Kept on the host page's origin: that there is a conversation, and nothing else. */
const FLAG = 'switchboard.conversation';
/** Drawn in a field of 24 × 24. */
const BUBBLE = 'M5.5 5h13a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2H12L7.5 20v-3.5h-2a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z';
const CHEVRON = 'm6 9.5 6 6 6-6';

/** Made by hand instead of from HTML, which pages with Trusted Types refuse. */
function drawIcon(): { readonly svg: SVGSVGElement; readonly path: SVGPathElement } {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.append(path);
  return { svg, path };
}

export interface WidgetSettings {
  /** Origin of the installation. */
  readonly base: string;
  readonly color: string | null;
  readonly side: 'left' | 'right';
  readonly title: string;
  readonly greeting: string;
}

export interface Prefill {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

type Listener = (detail: unknown) => void;

function flag(value?: boolean): boolean {
  try {
    if (value === true) localStorage.setItem(FLAG, '1');
    else if (value === false) localStorage.removeItem(FLAG);
    return localStorage.getItem(FLAG) === '1';
  } catch {
    // The page's storage is blocked: then unread counts wait for the first click.
    return false;
  }
}

function idle(run: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(run, { timeout: 5_000 });
  else setTimeout(run, 1_000);
}

/** Launcher and panel on the host page. The frame, and with it everything heavy, is made at the first opening. */
export class Widget {
  readonly #settings: WidgetSettings;
  readonly #host = document.createElement(TAG);
  readonly #button = document.createElement('button');
  readonly #badge = document.createElement('span');
  readonly #icon = drawIcon();
  readonly #panel = document.createElement('div');
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #queue: FromLoader[] = [];
  #frame: HTMLIFrameElement | undefined;
  #ready = false;
  #open = false;
  #unread = 0;
  #pageOverflow = '';

  constructor(settings: WidgetSettings) {
    this.#settings = settings;
    const color = readColor(settings.color);
    this.#host.dataset.side = settings.side;
    const root = this.#host.attachShadow({ mode: 'open' });
    const style = new CSSStyleSheet();
    style.replaceSync(`${STYLE}:host{--brand:${color};--on-brand:${textOn(color)}}`);
    root.adoptedStyleSheets = [style];
    this.#button.type = 'button';
    this.#badge.className = 'badge';
    this.#badge.setAttribute('aria-hidden', 'true');
    this.#button.append(this.#icon.svg, this.#badge);
    this.#panel.className = 'panel';
    this.#panel.hidden = true;
    root.append(this.#panel, this.#button);
    this.#button.addEventListener('click', () => this.toggle());
    window.addEventListener('message', this.#receive);
    window.addEventListener('keydown', this.#escape);
    this.#show();
    document.body.append(this.#host);
    if (flag()) idle(() => this.#load());
  }

  open(): void {
    if (this.#open) return;
    this.#open = true;
    this.show();
    this.#load();
    this.#panel.hidden = false;
    // Behind a panel that fills the screen the page must not scroll.
    const full = matchMedia('(max-width: 479px)').matches;
    if (full) {
      this.#pageOverflow = document.documentElement.style.overflow;
      document.documentElement.style.overflow = 'hidden';
    }
    this.#show();
    this.#frame?.focus();
    this.#tell({ switchboard: 1, type: 'page', url: location.href.slice(0, 2_048) });
    this.#tell({ switchboard: 1, type: 'opened', focus: true, full });
    this.#emit('open');
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#panel.hidden = true;
    document.documentElement.style.overflow = this.#pageOverflow;
    this.#show();
    this.#tell({ switchboard: 1, type: 'closed' });
    this.#button.focus({ preventScroll: true });
    this.#emit('close');
  }

  toggle(): void {
    if (this.#open) this.close();
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
    this.#tell({ switchboard: 1, type: 'prefill', ...visitor });
  }

  unreadCount(): number {
    return this.#unread;
  }

  on(event: string, listener: Listener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  off(event: string, listener: Listener): void {
    this.#listeners.get(event)?.delete(listener);
  }

  destroy(): void {
    this.close();
    window.removeEventListener('message', this.#receive);
    window.removeEventListener('keydown', this.#escape);
    this.#host.remove();
  }

  #emit(event: string, detail?: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(detail);
  }

  /** Makes the frame, once. */
  #load(): void {
    if (this.#frame !== undefined) return;
    const { base, title, greeting, color } = this.#settings;
    const settings: FrameSettings = { origin: location.origin, color: readColor(color), title, greeting };
    const frame = document.createElement('iframe');
    frame.title = title;
    frame.allow = 'autoplay; clipboard-write';
    frame.src = `${base}/widget#${encodeURIComponent(JSON.stringify(settings))}`;
    this.#frame = frame;
    this.#panel.append(frame);
  }

  #tell(message: FromLoader): void {
    if (this.#ready) this.#frame?.contentWindow?.postMessage(message, this.#settings.base);
    else this.#queue.push(message);
  }

  readonly #receive = (event: MessageEvent) => {
    if (event.origin !== this.#settings.base || event.source === null || event.source !== this.#frame?.contentWindow) return;
    const message = readFromFrame(event.data);
    switch (message?.type) {
      case undefined:
        return;
      case 'ready':
        this.#ready = true;
        // An answer at any rate: without one the frame shows its own words.
        this.#tell({ switchboard: 1, type: 'page', url: location.href.slice(0, 2_048) });
        for (const waiting of this.#queue.splice(0)) this.#tell(waiting);
        return;
      case 'close':
        this.close();
        return;
      case 'conversation':
        flag(message.active);
        return;
      case 'unread':
        if (message.count === this.#unread) return;
        this.#unread = message.count;
        this.#show();
        this.#emit('unread', message.count);
    }
  };

  readonly #escape = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && this.#open && !event.defaultPrevented) this.close();
  };

  #show(): void {
    const unread = this.#open ? 0 : this.#unread;
    this.#host.toggleAttribute('data-open', this.#open);
    this.#icon.path.setAttribute('d', this.#open ? CHEVRON : BUBBLE);
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > 99 ? '99+' : String(unread);
    this.#button.setAttribute('aria-label', this.#open ? 'Close chat' : `Open chat${unread > 0 ? `, ${unread} unread` : ''}`);
    this.#button.setAttribute('aria-expanded', String(this.#open));
  }
}
